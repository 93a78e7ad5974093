import type { StationDetail } from '@harbor/protocol'
import { type Html, html } from './html.ts'
import { PAGE_LOCALES, type PageLanguage } from './page-language.ts'
import { PAGE_TEXTS } from './page-texts.ts'
import { stationCard } from './station-card.ts'
import { type PageWords, inLanguage, timeText } from './station-words.ts'

/** A district with its stations' ids. */
export interface ListedDistrict {
  district: string
  nameZh: string
  nameEn: string
  stations: readonly string[]
}

/** What stands in a public page. */
export interface Frame {
  title: string
  words: PageWords
  /** This page's own path, with its query but for the language. */
  path: string
  body: Html
}

/** Every district that has stations. */
export function districtsPage(districts: readonly ListedDistrict[], words: PageWords): string {
  const texts = PAGE_TEXTS[words.language]
  const { language } = words
  return plainPage({
    title: texts.listTitle,
    words,
    path: '/list?',
    body: html`<p>${texts.listLead}</p>
      ${districts.length === 0 && html`<p>${texts.noDistricts}</p>`}
      <ul class="districts">
        ${districts.map(
          ({ district, nameZh, nameEn, stations }) =>
            html`<li>
              <a href="/list/${district}?lang=${language}">${inLanguage(language, nameZh, nameEn)}</a>
              <span class="quiet">${texts.count(stations.length)}</span>
            </li> `,
        )}
      </ul>
      <p><a href="/api/v1/open-data/stations.geojson" rel="license">${texts.openData}</a></p>`,
  })
}

/** Which part of a district's stations a page shows. */
export interface DistrictPart {
  district: ListedDistrict
  stations: readonly StationDetail[]
  /** Counts from 1. */
  page: number
  pages: number
}

export function districtPage({ district, stations, page: number, pages }: DistrictPart, words: PageWords): string {
  const texts = PAGE_TEXTS[words.language]
  const { language } = words
  const link = (to: number, text: string) =>
    html`<a href="/list/${district.district}?page=${to}&amp;lang=${language}">${text}</a> `
  const name = inLanguage(language, district.nameZh, district.nameEn) ?? district.district
  return plainPage({
    title: texts.district(name),
    words,
    path: `/list/${district.district}?page=${number}&`,
    body: html`<nav>
        <p>
          <a href="/list?lang=${language}">${texts.toDistricts}</a>
          · <a href="/list/${district.district}/said?lang=${language}">${texts.saidAndDone}</a>
        </p>
      </nav>
      <p class="quiet">${texts.count(district.stations.length)} · ${texts.asOf(timeText(words.nowMs, words))}</p>
      ${stations.map(station => stationCard(station, words))}
      ${
        pages > 1 &&
        html`<nav class="pages">
          <p>
            ${number > 1 && link(number - 1, texts.previous)}${texts.page(number, pages)}
            ${number < pages && link(number + 1, texts.next)}
          </p>
        </nav>`
      }`,
  })
}

/** For an address of a district that has none. */
export function noDistrictPage(words: PageWords): string {
  const texts = PAGE_TEXTS[words.language]
  return plainPage({
    title: texts.missing,
    words,
    path: '/list?',
    body: html`<p><a href="/list?lang=${words.language}">${texts.toDistricts}</a></p>`,
  })
}

/** A public page that needs no script, with its frame. */
export function plainPage({ title, words: { language }, path, body }: Frame): string {
  const texts = PAGE_TEXTS[language]
  const other: PageLanguage = language === 'zh' ? 'en' : 'zh'
  return html`<!doctype html>
    <html lang="${PAGE_LOCALES[language]}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="${texts.siteDescription}" />
        <title>${title} · ${texts.brand}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/list.css" />
      </head>
      <body>
        <header>
          <p class="brand"><a href="/?lang=${language}">${texts.brand}</a></p>
          <a
            class="language"
            href="${path}lang=${other}"
            lang="${PAGE_LOCALES[other]}"
            hreflang="${PAGE_LOCALES[other]}"
            >${texts.otherLanguage}</a
          >
        </header>
        <main>
          <h1>${title}</h1>
          ${body}
          <p class="foot"><a href="/?lang=${language}">${texts.toFinder}</a></p>
        </main>
      </body>
    </html> `.html
}
