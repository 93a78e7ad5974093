import type { FeedbackTopic } from '@harbor/protocol'
import compression from 'compression'
import express, { type Request, type Router } from 'express'
import { type SaidAndDone, saidAndDone } from '../feedback/said-and-done.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { html } from './html.ts'
import { noDistrictPage, plainPage } from './list-pages.ts'
import { PAGE_LOCALES, pageLanguage } from './page-language.ts'
import { type PageWords, inLanguage } from './station-words.ts'

export interface SaidPagesDeps {
  db: RegistryDb
  directory: Pick<LiveDirectory, 'publicStations'>
  /** IANA zone of the stations' clocks. */
  timeZone: string
  nowMs: () => number
}

/** As long as a list of stations may be shown again without asking. */
const CACHE = 'public, max-age=60'

const TEXTS = {
  zh: {
    title: (name: string) => `您说，我们做：${name}`,
    lead: '近 90 天里大家反映的问题，以及答复和处理结果。不显示反映人的原话。',
    none: '近 90 天还没有公开的答复。',
    repaired: '已修好',
    back: '返回列表',
    topic: {
      broken: '设备坏了',
      dirty: '不干净',
      closed_though_open: '该开没开',
      full: '人满了',
      out_of_water: '没有水',
      thanks: '感谢',
      other: '其他',
    } satisfies Record<FeedbackTopic, string>,
  },
  en: {
    title: (name: string) => `You said, we did: ${name}`,
    lead: 'What was reported in the last 90 days, and what was answered or done. Nobody’s own words are shown.',
    none: 'There is no public reply of the last 90 days yet.',
    repaired: 'Repaired',
    back: 'Back to the list',
    topic: {
      broken: 'Broken',
      dirty: 'Dirty',
      closed_though_open: 'Closed though it should be open',
      full: 'Full',
      out_of_water: 'Out of water',
      thanks: 'Thank you',
      other: 'Something else',
    } satisfies Record<FeedbackTopic, string>,
  },
} as const

/** Public lists of what visitors said and what became of it: of a district, and of a station. */
export function createSaidPages({ db, directory, timeZone, nowMs }: SaidPagesDeps): Router {
  const router = express.Router({ caseSensitive: true })
  const wordsOf = (request: Request): PageWords => ({
    language: pageLanguage(request.query['lang'], request.headers['accept-language']),
    timeZone,
    nowMs: nowMs(),
  })
  router.use(compression())
  router.get(['/list/:district/said', '/said/:station'], async (request, response) => {
    const words = wordsOf(request)
    const { district, station } = request.params as { district?: string; station?: string }
    const of =
      station === undefined
        ? [...directory.publicStations.values()].find(({ record }) => record.district === district)
        : directory.publicStations.get(station)
    response.setHeader('Cache-Control', CACHE)
    response.vary('Accept-Language')
    response.type('text/html')
    if (of === undefined) {
      response.status(404).send(noDistrictPage(words))
      return
    }
    const { record, districtNameZh, districtNameEn } = of
    const names = station === undefined ? [districtNameZh, districtNameEn] : [record.nameZh, record.nameEn]
    const place = station === undefined ? { district: record.district } : { station }
    const said = await saidAndDone(db, place, words.nowMs)
    // A station that is not shown to the public is none of this.
    const shown = said.filter(one => directory.publicStations.has(one.station))
    const path = station === undefined ? `/list/${record.district}/said?` : `/said/${station}?`
    const back = station === undefined ? `/list/${record.district}` : `/s/${station}`
    response.send(saidPage(shown, { words, path, back, name: inLanguage(words.language, ...asPair(names)) ?? '' }))
  })
  return router
}

function asPair([zh, en]: readonly (string | undefined)[]): [string | undefined, string | undefined] {
  return [zh, en]
}

function saidPage(
  said: readonly SaidAndDone[],
  { words, path, back, name }: { words: PageWords; path: string; back: string; name: string },
): string {
  const { language } = words
  const texts = TEXTS[language]
  const day = new Intl.DateTimeFormat(PAGE_LOCALES[language], { dateStyle: 'medium', timeZone: words.timeZone })
  return plainPage({
    title: texts.title(name),
    words,
    path,
    body: html`<nav>
        <p><a href="${back}?lang=${language}">${texts.back}</a></p>
      </nav>
      <p>${texts.lead}</p>
      ${said.length === 0 && html`<p>${texts.none}</p>`}
      ${said.map(
        one =>
          html`<article>
            <h2>${texts.topic[one.topic]}</h2>
            <p class="quiet">${inLanguage(language, one.nameZh, one.nameEn)} · ${day.format(one.receivedMs)}</p>
            ${one.reply !== undefined && html`<blockquote>${one.reply}</blockquote>`}
            ${one.isRepaired && html`<p>${texts.repaired}</p>`}
          </article>`,
      )}`,
  })
}
