import type { EnergyReport } from '@harbor/protocol'

const HOUR_MS = 3_600_000
const DAY_HOURS = 24
/** Days before a command whose same hours say what would have been taken; of them so many must have had it on (chosen). */
export const USUAL_DAYS = 28
const FEWEST_DAYS = 3
/** Hours after a command that are put down to it at most; a command that comes sooner ends it (chosen: a night). */
export const LONGEST_HOURS = 12
/** In an hour in which it took more, an appliance was on: above what any stands by with, 15 W (docs/domain.md 3.3). */
const ON_KWH = 0.015

/** An appliance that was switched off by a program. */
export interface AutomatedOff {
  atMs: number
  /** When anybody next switched it, by hand or not; undefined: nobody did. */
  nextMs: number | undefined
  /** What it took in the whole hour that begins at an instant; undefined: its meter was not heard. */
  kWhAt: (hourMs: number) => number | undefined
}

/**
 * What one switching off saved, in kWh: over the whole hours after it, the median of the same hour on the days of the four weeks before on
 * which the appliance was on, less what was taken. It may be below zero. Undefined where nothing can be said: the appliance was not
 * on before, or too few such days are known.
 *
 * @param untilMs hours that end later are not looked at
 */
export function savedBy({ atMs, nextMs, kWhAt }: AutomatedOff, untilMs: number): number | undefined {
  const firstMs = Math.ceil(atMs / HOUR_MS) * HOUR_MS
  const endMs = Math.min(nextMs ?? untilMs, untilMs, firstMs + LONGEST_HOURS * HOUR_MS)
  // The hour before it: one who switches off what is off saves nothing.
  if ((kWhAt(firstMs - 2 * HOUR_MS) ?? 0) <= ON_KWH && (kWhAt(firstMs - HOUR_MS) ?? 0) <= ON_KWH) return undefined
  let saved: number | undefined
  for (let hourMs = firstMs; hourMs + HOUR_MS <= endMs; hourMs += HOUR_MS) {
    const taken = kWhAt(hourMs)
    if (taken === undefined) continue
    const usual: number[] = []
    for (let back = 1; back <= USUAL_DAYS; back++) {
      const kWh = kWhAt(hourMs - back * DAY_HOURS * HOUR_MS)
      if (kWh !== undefined && kWh > ON_KWH) usual.push(kWh)
    }
    if (usual.length < FEWEST_DAYS) continue
    saved = (saved ?? 0) + median(usual) - taken
  }
  return saved
}

function median(values: number[]): number {
  values.sort((a, b) => a - b)
  const middle = values.length >> 1
  const upper = values[middle] ?? 0
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? 0) + upper) / 2
}

/** The method in words. */
export const SAVING_METHOD = {
  zh: `程序关断后的整点小时（到下一次开关为止，最多 ${LONGEST_HOURS} 小时）：此前 ${USUAL_DAYS} 天同一小时、设备开着的那些天（至少 ${FEWEST_DAYS} 天）用电的中位数，减去实际用电。关断前未开着的不计。这是估计：假定设备否则会一直开着。`,
  en: `Over the whole hours after a program switched something off (up to the next switching, ${LONGEST_HOURS} at most): the median of the same hour on those of the ${USUAL_DAYS} days before on which it was on (${FEWEST_DAYS} at least), less what was taken. What was not on before is not counted. An estimate: it takes for granted that the appliance would have stayed on.`,
}

/** How it is told: what was counted, and by which method. @param saved of each command; undefined: nothing can be said of it */
export function savingTold(commands: number, saved: readonly (number | undefined)[]): EnergyReport['saving'] {
  if (commands === 0)
    return {
      commands,
      methodZh: '本期内没有任何程序关断过设备，因此没有可以归功于自动化的节电。安全断电不计为节电。',
      methodEn:
        'No program switched anything off in this period, so nothing is put down to automation. What a safety cut-off keeps from running is no saving.',
    }
  const known = saved.filter(kWh => kWh !== undefined)
  return {
    commands,
    ...(known.length > 0 && { savedKWh: Math.round(known.reduce((sum, kWh) => sum + kWh, 0) * 100) / 100 }),
    methodZh: `${SAVING_METHOD.zh}${commands} 次关断中有 ${known.length} 次可以计算。`,
    methodEn: `${SAVING_METHOD.en} It could be reckoned for ${known.length} of ${commands} times.`,
  }
}
