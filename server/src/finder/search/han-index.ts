import { type Postings, createPostings, inAll } from './postings.ts'

/** Finds Chinese text, and what stands in it, anywhere in texts of stations. */
export interface HanIndex {
  /** Calls `take` with each station whose text holds `wanted` (lower case, at least one character). */
  find: (wanted: string, take: (number: number) => void) => void
}

/** @param textOf a station's text in lower case */
export async function createHanIndex(size: number, textOf: (number: number) => string): Promise<HanIndex> {
  const postings: Postings = await createPostings(size, (number, add) => {
    const text = textOf(number)
    for (let place = 0; place < text.length; place++) {
      const unit = text.charCodeAt(place)
      add(unit)
      if (place > 0) add(pairKey(text.charCodeAt(place - 1), unit))
    }
  })
  return {
    find: (wanted, take) => {
      if (wanted.length === 1) {
        for (const number of postings.of(wanted.charCodeAt(0))) take(number)
        return
      }
      const pairs = Array.from({ length: wanted.length - 1 }, (_, place) =>
        postings.of(pairKey(wanted.charCodeAt(place), wanted.charCodeAt(place + 1))),
      )
      // Of two characters that are one pair all is said; of more, the pairs may stand apart.
      for (const number of inAll(pairs)) if (wanted.length === 2 || textOf(number).includes(wanted)) take(number)
    },
  }
}

/** Above all single code units. */
function pairKey(first: number, second: number): number {
  return (first + 1) * 65_536 + second
}
