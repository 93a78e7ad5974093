import type { DistrictWeather, HeatProposal, NoticeView, NotifyRequest } from '@harbor/protocol'

/** Managers are reminded of a proposal that nobody dealt with after this, once (chosen). */
export const REMIND_AFTER_MS = 2 * 3_600_000

type Warning = NonNullable<DistrictWeather['warning']>

/** The warnings of heat that ask for longer hours: yellow and above, and standing now. */
export function heatWarnings(
  districts: readonly DistrictWeather[],
  nowMs: number,
): { district: string; warning: Warning }[] {
  return districts.flatMap(({ district, warning }) =>
    warning !== undefined &&
    warning.kind === 'heat' &&
    warning.signal !== 'blue' &&
    Date.parse(warning.from) <= nowMs &&
    nowMs < Date.parse(warning.to)
      ? [{ district, warning }]
      : [],
  )
}

/** Whether an order already keeps stations open longer in this heat: a standing one that ends with it. */
export function isDealtWith(notices: readonly NoticeView[], district: string): boolean {
  return notices.some(
    ({ state, untilHeatEndsIn, hours }) => state === 'standing' && untilHeatEndsIn === district && hours !== undefined,
  )
}

const SIGNALS = {
  blue: { zh: '蓝色', en: 'blue' },
  yellow: { zh: '黄色', en: 'yellow' },
  orange: { zh: '橙色', en: 'orange' },
  red: { zh: '红色', en: 'red' },
}

/**
 * What a district's managers are told: that there is a proposal and where to confirm it. Nothing happens before a person did. The first time when the
 * warning comes, again when `isReminder`; undefined: nothing is proposed.
 */
export function heatRequest(
  { district, warning }: { district: string; warning: Warning },
  { candidates, openUntil }: HeatProposal,
  isReminder: boolean,
): NotifyRequest | undefined {
  const count = candidates.filter(({ isProposed }) => isProposed).length
  if (count === 0) return undefined
  const signal = SIGNALS[warning.signal]
  const again = isReminder ? { zh: '提醒：', en: 'Reminder: ' } : { zh: '', en: '' }
  return {
    to: { roles: ['manager'], region: district },
    severity: warning.signal === 'red' ? 'P1' : 'P2',
    title: {
      zh: `${again.zh}高温${signal.zh}预警：延长开放待您确认`,
      en: `${again.en}Heat warning (${signal.en}): longer hours wait for you`,
    },
    body: {
      zh: `建议 ${count} 个站点开放至 ${openUntil}。未经您确认，不会有任何改动。\n来源：${warning.source}`,
      en: `${count} stations are proposed to stay open until ${openUntil}. Nothing changes before you confirm it.\nSource: ${warning.source}`,
    },
    url: `/console/heat?district=${district}`,
    kind: 'heat',
    dedupeKey: `${district}/${warning.from}/${warning.signal}/${isReminder ? 'again' : 'first'}`,
  }
}
