import type { Display } from '@harbor/protocol'
import type { DisplayTexts } from './texts.ts'

const MINUTE_MS = 60_000
/** What is older than this is told with its age. */
const OLD_MS = 2 * MINUTE_MS

type Child = string | HTMLElement | undefined

/** An element; what is text stays text, whatever is in it. */
function make(tag: string, attributes: Readonly<Record<string, string>>, children: readonly Child[]): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children.filter(child => child !== undefined))
  return element
}

interface Drawing {
  display: Display
  /** When this screen got it, by its own clock, which may be wrong: only the difference counts. */
  heardAtMs: number
  nowMs: number
  texts: DisplayTexts
}

/** The screen as it is to be, in one language. */
export function draw({ display, heardAtMs, nowMs, texts }: Drawing): HTMLElement[] {
  const { station, notices, heatSignal, timeZone, outdoorC } = display
  const isZh = texts.locale === 'zh-CN'
  const ageMs = nowMs - heardAtMs
  const timeOf = (ms: number) =>
    new Intl.DateTimeFormat(texts.locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(ms)
  const serverNowMs = Date.parse(display.at) + ageMs
  return [
    make('header', {}, [
      make('h1', {}, [isZh ? station.nameZh : station.nameEn]),
      make('p', { class: 'clock' }, [timeOf(serverNowMs)]),
    ]),
    ...(ageMs > OLD_MS
      ? [make('p', { class: 'old', role: 'status' }, [texts.old(Math.floor(ageMs / MINUTE_MS))])]
      : []),
    make('section', { class: 'state' }, tilesOf(display, texts, timeOf)),
    ...notices.map(notice =>
      make('article', { class: 'notice', 'data-severity': notice.severity }, [
        make('h2', {}, [isZh ? notice.titleZh : notice.titleEn]),
        make('p', {}, [isZh ? notice.textZh : notice.textEn]),
      ]),
    ),
    ...(heatSignal === undefined && (outdoorC ?? 0) < HOT_C
      ? []
      : [
          make('article', { class: 'notice', 'data-severity': heatSignal === 'red' ? 'urgent' : 'important' }, [
            make('h2', {}, [heatSignal === undefined ? texts.heat : texts.signal[heatSignal]]),
            make('p', {}, [texts.advice]),
          ]),
        ]),
  ]
}

/** "High-temperature weather" begins here (防暑降温措施管理办法 2012, article 3). */
const HOT_C = 35

function tilesOf({ station, outdoorC }: Display, texts: DisplayTexts, timeOf: (ms: number) => string): HTMLElement[] {
  const { opening, space, appliances, insideTemperatureC } = station
  const at = opening.changesAt === undefined ? undefined : timeOf(Date.parse(opening.changesAt))
  const isOpen = opening.state === 'open' || opening.state === 'closing_soon'
  const tiles = [
    tile(texts.now, texts.opening[opening.state], {
      tone: { open: 'good', closing_soon: 'warn', closed: 'bad', unknown: 'warn' }[opening.state],
      more: at === undefined || opening.state === 'unknown' ? undefined : isOpen ? texts.until(at) : texts.from(at),
    }),
    tile(texts.room, texts.space[space.state], {
      tone: { free: 'good', limited: 'warn', full: 'bad', unknown: 'none' }[space.state],
      more: space.state === 'unknown' || space.people === undefined ? undefined : texts.people(space.people),
    }),
  ]
  if (insideTemperatureC !== undefined) tiles.push(tile(texts.inside, degrees(insideTemperatureC), { tone: 'none' }))
  if (outdoorC !== undefined) tiles.push(tile(texts.outside, degrees(outdoorC), { tone: 'none' }))
  if (appliances.length > 0)
    tiles.push(
      make('div', { class: 'tile' }, [
        make('p', {}, [texts.appliances]),
        make(
          'ul',
          {},
          appliances.map(one => make('li', {}, [`${texts.kind[one.kind]}: ${texts.state[one.state]}`])),
        ),
      ]),
    )
  return tiles
}

function tile(name: string, value: string, { tone, more }: { tone: string; more?: string | undefined }): HTMLElement {
  return make('div', { class: 'tile', 'data-tone': tone }, [
    make('p', {}, [name]),
    make('strong', {}, [value]),
    more === undefined ? undefined : make('p', {}, [more]),
  ])
}

function degrees(celsius: number): string {
  return `${celsius.toFixed(0)} °C`
}
