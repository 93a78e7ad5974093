import type { StationDetail } from '@harbor/protocol'
import { mapLink } from '@harbor/protocol/map-links'
import { type Html, html } from './html.ts'
import { PAGE_TEXTS } from './page-texts.ts'
import { type PageWords, hoursTodayText, inLanguage, openingText } from './station-words.ts'

/** The maps that open as a web page, whatever the phone. */
const MAPS = ['amap', 'baidu', 'tencent', 'apple'] as const

/** One station for whoever has no JavaScript: what decides whether to go there, and the ways. */
export function stationCard(station: StationDetail, words: PageWords): Html {
  const texts = PAGE_TEXTS[words.language]
  const { language } = words
  const address = inLanguage(language, station.addressZh, station.addressEn)
  const hint = inLanguage(language, station.hintZh, station.hintEn)
  const destination = { ...station, name: station.nameZh }
  const row = (term: string, text: string | Html | undefined) =>
    text !== undefined &&
    text !== '' &&
    html`<dt>${term}</dt>
      <dd>${text}</dd>`
  return html`<article class="station" id="${station.id}">
    <h2><a href="/s/${station.id}?lang=${language}">${inLanguage(language, station.nameZh, station.nameEn)}</a></h2>
    <p class="opening opening-${station.opening.state}">${openingText(station, words)}</p>
    ${(station.notices ?? []).map(
      notice =>
        html`<p class="notice">
          <strong>${inLanguage(language, notice.titleZh, notice.titleEn)}</strong>
          ${inLanguage(language, notice.textZh, notice.textEn)}
        </p>`,
    )}
    <dl>
      ${[
        row(texts.closedFor, station.closedFor),
        row(texts.today, hoursTodayText(station, words)),
        row(texts.address, address),
        row(texts.door, hint),
        row(
          texts.appliances,
          station.appliances
            .map(({ kind, state }) => `${texts.appliance[kind]} (${texts.state[state]})`)
            .join(texts.join),
        ),
        row(texts.facilities, station.facilities.map(facility => texts.facility[facility]).join(texts.join)),
        row(
          texts.phone,
          station.phone === undefined
            ? undefined
            : html`<a href="tel:${station.phone.replaceAll(/[^+\d]/g, '')}">${station.phone}</a>`,
        ),
        row(
          texts.way,
          html`<span class="ways"
            >${MAPS.map(app => html`<a href="${mapLink(app, 'walk', destination)}" rel="noopener">${texts.map[app]}</a> `)}</span
          >`,
        ),
      ]}
    </dl>
    <p><a href="/said/${station.id}?lang=${language}">${texts.said}</a></p>
  </article>`
}
