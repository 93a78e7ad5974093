const PRICE = /^\d{1,8}(\.\d{1,2})?$/

/** Fen (1/100 yuan) as yuan with two digits. */
export function yuanOf(fen: number): string {
  return (fen / 100).toFixed(2)
}

/** What a person typed as yuan, in fen; undefined: it is no price. */
export function fenOf(text: string): number | undefined {
  return PRICE.test(text) ? Math.round(Number(text) * 100) : undefined
}
