import { inSlices } from '../../in-slices.ts'
import type { Pinyin } from '../pinyin.ts'
import { type Postings, createPostings, inAll } from './postings.ts'

/** Of what is typed at most so many first letters are looked up; the rest is compared. */
const LOOKED_UP = 4
/** Ways to read what is typed as syllables and first letters that are tried at most. */
const MAX_READINGS = 48

/** Finds texts by how they sound: `jiefangbei`, `jfb`, `jiefb`. */
export interface SyllableIndex {
  /**
   * Calls `take` with each station, some of them twice, in whose text syllables that follow each other are so typed: whole, by
   * first letter, the last one begun.
   */
  find: (typed: string, take: (number: number) => void) => void
  /** As `find`, for who mixes up zh and z, ch and c, sh and s, ng and n. */
  findAlike: (typed: string, take: (number: number) => void) => void
  /** Whether a station's text begins so. */
  begins: (number: number, typed: string) => boolean
}

export async function createSyllableIndex(
  size: number,
  textOf: (number: number) => string,
  pinyin: Pinyin,
): Promise<SyllableIndex> {
  const book: string[] = []
  const idOf = new Map<string, number>()
  const starts = new Uint32Array(size + 1)
  let ids = new Uint16Array(size * 16 + 16)
  await inSlices(Array(size).keys(), number => {
    let end = starts[number] ?? 0
    for (const syllable of pinyin.syllables(textOf(number))) {
      if (end === ids.length) {
        const wider = new Uint16Array(ids.length * 2)
        wider.set(ids)
        ids = wider
      }
      let id = idOf.get(syllable)
      if (id === undefined) {
        id = book.push(syllable) - 1
        idOf.set(syllable, id)
      }
      ids[end] = id
      end += 1
    }
    starts[number + 1] = end
  })
  ids = ids.slice(0, starts[size])
  const initials = Uint8Array.from(book, syllable => syllable.charCodeAt(0))
  const initialAt = (place: number) => initials[ids[place] ?? 0] ?? 0
  const bySyllable = await createPostings(size, (number, add) => {
    for (let place = starts[number] ?? 0; place < (starts[number + 1] ?? 0); place++) add(ids[place] ?? 0)
  })
  const byInitials: Postings = await createPostings(size, (number, add) => {
    for (let place = (starts[number] ?? 0) + 1; place < (starts[number + 1] ?? 0); place++)
      add(pairKey(initialAt(place - 1), initialAt(place)))
  })
  const alike = book.map(soundsAlike)
  const firstLetters = new Set(initials)

  /** Whether the syllables of `words` from `place` on are typed so. */
  const isTyped = (words: readonly string[], end: number) => {
    const isAt = (place: number, typed: string): boolean => {
      if (typed === '') return true
      if (place === end) return false
      const syllable = words[ids[place] ?? 0] ?? ''
      if (syllable.startsWith(typed)) return true
      if (typed.startsWith(syllable) && isAt(place + 1, typed.slice(syllable.length))) return true
      // A syllable of one letter was tried already; trying it twice at each of many would never end.
      return syllable.length > 1 && typed[0] === syllable[0] && isAt(place + 1, typed.slice(1))
    }
    return isAt
  }
  const holds = (number: number, typed: string, words: readonly string[]): boolean => {
    const end = starts[number + 1] ?? 0
    const isAt = isTyped(words, end)
    for (let place = starts[number] ?? 0; place < end; place++) if (isAt(place, typed)) return true
    return false
  }
  const search = (typed: string, words: readonly string[], take: (number: number) => void): void => {
    // Within one syllable.
    words.forEach((syllable, id) => {
      if (syllable.startsWith(typed)) for (const number of bySyllable.of(id)) take(number)
    })
    for (const reading of readingsOf(typed, words, firstLetters)) {
      const pairs = reading.slice(1).map((letter, n) => byInitials.of(pairKey(reading[n] ?? 0, letter)))
      // Of two first letters that are one pair all is said.
      const isSaid = reading.length === typed.length && pairs.length === 1
      for (const number of inAll(pairs)) if (isSaid || holds(number, typed, words)) take(number)
    }
  }
  return {
    find: (typed, take) => search(typed, book, take),
    findAlike: (typed, take) => search(soundsAlike(typed), alike, take),
    begins: (number, typed) => isTyped(book, starts[number + 1] ?? 0)(starts[number] ?? 0, typed),
  }
}

/** The first letters of the syllables that `typed` may stand for, at least two, as character codes; each way once. */
function readingsOf(typed: string, words: readonly string[], firstLetters: ReadonlySet<number>): number[][] {
  const readings = new Map<string, number[]>()
  const whole = new Set(words)
  const read = (place: number, letters: readonly number[]): void => {
    if (readings.size >= MAX_READINGS) return
    if (place === typed.length || letters.length === LOOKED_UP) {
      if (letters.length > 1) readings.set(letters.join(' '), [...letters])
      return
    }
    const letter = typed.charCodeAt(place)
    if (!firstLetters.has(letter)) return
    const next = [...letters, letter]
    // The longest pinyin syllable, zhuang, has six letters.
    for (let end = Math.min(typed.length, place + 6); end > place + 1; end--)
      if (whole.has(typed.slice(place, end))) read(end, next)
    read(place + 1, next)
    // The last syllable may be only begun.
    const rest = typed.slice(place)
    if (rest.length > 1 && rest.length < 6 && words.some(word => word.startsWith(rest))) read(typed.length, next)
  }
  read(0, [])
  return [...readings.values()]
}

function pairKey(first: number, second: number): number {
  return first * 256 + second
}

/** A syllable, or text of them, as it sounds to many: without retroflexes, with one nasal. */
function soundsAlike(text: string): string {
  return text.replaceAll(/([zcs])h/g, '$1').replaceAll('ng', 'n')
}
