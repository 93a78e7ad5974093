/** Hours of the day with one price: from the hour `from` up to, and without, the hour `to`. */
export interface Band {
  from: number
  to: number
  /** Fen a kWh. */
  fen: number
}

const HOURS = 24
/** A hundred-thousandth of a yuan is finer than any tariff. */
const FEN_DIGITS = 1_000

/** The hours of a day in as few bands as tell every price. */
export function bandsOf(fenPerKWh: readonly number[]): Band[] {
  const bands: Band[] = []
  for (const [hour, fen] of fenPerKWh.entries()) {
    const last = bands.at(-1)
    if (last?.fen === fen) last.to = hour + 1
    else bands.push({ from: hour, to: hour + 1, fen })
  }
  return bands
}

/** Reads lines such as `8-22 0.75` (yuan); undefined unless each of the 24 hours has exactly one price. */
export function readBands(text: string): number[] | undefined {
  const prices: (number | undefined)[] = Array.from({ length: HOURS }, () => undefined)
  for (const line of text.split(/\r?\n/).filter(one => one.trim() !== '')) {
    const [, fromText, toText, yuanText] =
      /^\s*(\d{1,2})\s*[-–]\s*(\d{1,2})\s*:?\s+(\d+(?:\.\d+)?)\s*$/.exec(line) ?? []
    const [from, to, yuan] = [Number(fromText), Number(toText), Number(yuanText)]
    if (!(from < to && to <= HOURS && yuan <= 10)) return undefined
    for (let hour = from; hour < to; hour++) {
      if (prices[hour] !== undefined) return undefined
      prices[hour] = Math.round(yuan * 100 * FEN_DIGITS) / FEN_DIGITS
    }
  }
  const known = prices.filter(price => price !== undefined)
  return known.length === HOURS ? known : undefined
}
