import { type Postings, createPostings } from './postings.ts'

/** A word of so many letters or more may have one wrong. */
const FORGIVEN_FROM_LETTERS = 5

/** Finds texts by the beginnings of their words. */
export interface WordIndex {
  /** Calls `take` with each station, some of them twice, that has a word that begins with `typed` (lower case). */
  find: (typed: string, take: (number: number) => void) => void
  /** As `find`, with one letter wrong, missing, too many or two swapped; nothing for short ones. */
  findAlike: (typed: string, take: (number: number) => void) => void
}

/** Words as they are compared: lower case, without marks above letters. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFD')
      .toLowerCase()
      .replaceAll(/[\u0300-\u036f'’]/g, '')
      .match(/[a-z0-9]+/g) ?? []
  )
}

export async function createWordIndex(size: number, textOf: (number: number) => string): Promise<WordIndex> {
  const all = new Set<string>()
  for (let number = 0; number < size; number++) for (const word of wordsOf(textOf(number))) all.add(word)
  const book = [...all].sort()
  const idOf = new Map(book.map((word, id) => [word, id]))
  const postings: Postings = await createPostings(size, (number, add) => {
    for (const word of wordsOf(textOf(number))) add(idOf.get(word) ?? 0)
  })
  return {
    find: (typed, take) => {
      for (let id = firstFrom(book, typed); book[id]?.startsWith(typed) === true; id++)
        for (const number of postings.of(id)) take(number)
    },
    findAlike: (typed, take) => {
      if (typed.length < FORGIVEN_FROM_LETTERS) return
      book.forEach((word, id) => {
        if (isOneOff(typed, word)) for (const number of postings.of(id)) take(number)
      })
    },
  }
}

function firstFrom(book: readonly string[], typed: string): number {
  let [low, high] = [0, book.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((book[middle] ?? '') < typed) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether one letter changed, added, left out, or two neighbours swapped make `a` of `b`. */
export function isOneOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let same = 0
  while (same < a.length && a[same] === b[same]) same += 1
  const rest = (text: string, skipped: number) => text.slice(same + skipped)
  if (rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1)) return true
  return a[same] === b[same + 1] && a[same + 1] === b[same] && rest(a, 2) === rest(b, 2)
}
