import type { News } from '../tell/news.ts'

interface Place {
  zh: string
  en: string
}

/** What a text says of time: the day and hours on the stations' clock. */
export function timeWords(stretch: { fromMs: number; toMs: number }, timeZone: string): string {
  const at = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone)
  const [from, to] = [at(stretch.fromMs), at(stretch.toMs)]
  const clock = (time: Temporal.ZonedDateTime) => time.toPlainTime().toString({ smallestUnit: 'minute' })
  return `${from.toPlainDate().toString().slice(5)} ${clock(from)}–${clock(to)}`
}

function saying(news: Omit<News, 'kind' | 'message'>, title: Place, body: Place): News {
  const rest = { tag: news.id, url: '/console/rota' }
  return {
    ...news,
    kind: 'rota',
    message: { zh: { ...rest, title: title.zh, body: body.zh }, en: { ...rest, title: title.en, body: body.en } },
  }
}

/** Before a shift, to whoever has it. */
export function shiftNews(shift: { id: string; person: string; station: Place; time: string }): News {
  const { id, person, station, time } = shift
  return saying(
    { id: `rota/shift/${id}/${person}`, subject: id, severity: 'P2', onlyWhile: { of: 'shift', id, person } },
    { zh: `值守提醒：${station.zh}`, en: `Your shift: ${station.en}` },
    { zh: time, en: time },
  )
}

/** A shift that somebody would take, to whoever has it; and what became of it, to whoever asked. */
export function swapNews(swap: { id: string; revision: number; isAsked: boolean; station: Place; time: string }): News {
  const { id, revision, isAsked, station, time } = swap
  const title = isAsked
    ? { zh: `有人愿意接班：${station.zh}`, en: `Somebody would take your shift: ${station.en}` }
    : { zh: `换班已定：${station.zh}`, en: `The swap is settled: ${station.en}` }
  return saying(
    { id: `rota/swap/${id}/${revision}`, subject: id, severity: 'P2', onlyWhile: { of: 'anyway' } },
    title,
    { zh: time, en: time },
  )
}

/** Hours that nobody covers, to keepers of the station and managers of its district. */
export function gapNews(gap: { key: string; station: Place; time: string }): News {
  return saying(
    { id: gap.key, subject: gap.key.slice(0, 100), severity: 'P2', onlyWhile: { of: 'anyway' } },
    { zh: `无人值守：${gap.station.zh}`, en: `Nobody on the rota: ${gap.station.en}` },
    { zh: `${gap.time} 还没有人报名，请协助。`, en: `${gap.time}: nobody has signed up yet. Can you?` },
  )
}
