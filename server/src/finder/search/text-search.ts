import type { StationRecord } from '@harbor/protocol'
import type { Pinyin } from '../pinyin.ts'
import { createHanIndex } from './han-index.ts'
import { type Ranks, createRanks } from './ranks.ts'
import { createSyllableIndex } from './syllable-index.ts'
import { type Token, tokensOf } from './tokens.ts'
import { createWordIndex, wordsOf } from './word-index.ts'

/** What of a station can be searched. */
export interface SearchedStation {
  record: Pick<StationRecord, 'id' | 'nameZh' | 'nameEn' | 'addressZh' | 'addressEn'>
  districtNameZh: string
  districtNameEn: string
}

/** Stations that were found, and how well each fits: 0 is best. */
export interface Hits {
  numbers: Uint32Array
  rankOf: (number: number) => number
}

/** Finds stations by what people type: Chinese, pinyin whole or by first letters, English, or a station's code. */
export interface TextSearch {
  /** Every station that has all that was typed, in no order; good until the next question. Nothing typed finds nothing. */
  find: (question: string) => Hits
}

/** How well a piece of what was typed fits. */
const RANK = { code: 0, nameIs: 1, nameBegins: 2, inName: 3, inPlace: 6, alike: 9 } as const

/** Indexes the stations with the numbers below `size`. Takes some seconds for 200,000 of them, in slices. */
export async function createTextSearch(
  size: number,
  stationOf: (number: number) => SearchedStation,
  pinyin: Pinyin,
): Promise<TextSearch> {
  const nameZh = (number: number) => stationOf(number).record.nameZh.toLowerCase()
  const placeZh = (number: number) => {
    const { districtNameZh, record } = stationOf(number)
    const { addressZh } = record
    return addressZh === undefined ? districtNameZh : `${districtNameZh} ${addressZh.toLowerCase()}`
  }
  const placeEn = (number: number) => {
    const { districtNameEn, record } = stationOf(number)
    return `${districtNameEn} ${record.addressEn ?? ''}`
  }
  const names = {
    han: await createHanIndex(size, nameZh),
    sound: await createSyllableIndex(size, nameZh, pinyin),
    words: await createWordIndex(size, number => stationOf(number).record.nameEn),
  }
  const places = {
    han: await createHanIndex(size, placeZh),
    sound: await createSyllableIndex(size, placeZh, pinyin),
    words: await createWordIndex(size, placeEn),
  }
  const codes = await createWordIndex(size, number => stationOf(number).record.id)

  // Looked at before the name itself: of a hundred thousand hits most do not begin so.
  const firstUnits = Uint16Array.from({ length: size }, (_, number) => stationOf(number).record.nameZh.charCodeAt(0))
  const all = createRanks(size)
  const some = createRanks(size)

  const rankOfBeginning = (number: number, text: string): number => {
    // As it is written: a Chinese piece has no letters that could be large or small.
    const { nameZh: name } = stationOf(number).record
    if (name === text) return RANK.nameIs
    return name.startsWith(text) ? RANK.nameBegins : RANK.inName
  }
  const findExact = ({ text, isChinese }: Token, ranks: Ranks): void => {
    // One or two letters and a single character are in nearly every address.
    const isShort = text.length < (isChinese ? 2 : 3)
    const inPlace = (number: number) => ranks.note(number, RANK.inPlace)
    if (isChinese) {
      names.han.find(text, number => {
        ranks.note(number, firstUnits[number] === text.charCodeAt(0) ? rankOfBeginning(number, text) : RANK.inName)
      })
      if (!isShort) places.han.find(text, inPlace)
      return
    }
    names.sound.find(text, number =>
      ranks.note(number, names.sound.begins(number, text) ? RANK.nameBegins : RANK.inName),
    )
    names.words.find(text, number => ranks.note(number, RANK.inName))
    if (isShort) return
    places.words.find(text, inPlace)
    places.sound.find(text, inPlace)
  }
  /** For a piece that nothing has as it was typed. */
  const findAlike = ({ text, isChinese }: Token, ranks: Ranks): void => {
    const inName = (number: number) => ranks.note(number, RANK.alike)
    const inPlace = (number: number) => ranks.note(number, RANK.alike + 1)
    // Of Chinese characters that sound alike the wrong one is soon picked.
    const typed = isChinese ? pinyin.syllables(text).join('') : text
    if (typed.length < 3) return
    names.sound.findAlike(typed, inName)
    places.sound.findAlike(typed, inPlace)
    if (isChinese) return
    names.words.findAlike(typed, inName)
    places.words.findAlike(typed, inPlace)
  }
  const findCode = (question: string): void => {
    const parts = wordsOf(question)
    const code = parts.join('-')
    // Only what has a digit in it can be one, and its longest part alone narrows it enough.
    if (!/\d/.test(code)) return
    const longest = parts.reduce((a, b) => (b.length > a.length ? b : a), '')
    if (longest.length < 3) return
    codes.find(longest, number => {
      const { id } = stationOf(number).record
      if (id === code) all.note(number, RANK.code)
      else if (id.startsWith(code) || id.includes(`-${code}`)) all.note(number, RANK.inName)
    })
  }

  return {
    find: question => {
      all.clear()
      tokensOf(question).forEach((token, n) => {
        const ranks = n === 0 ? all : some
        ranks.clear()
        findExact(token, ranks)
        if (ranks.count() === 0) findAlike(token, ranks)
        if (n > 0) all.keepIn(some)
      })
      findCode(question)
      return { numbers: all.numbers(), rankOf: all.rankOf }
    },
  }
}
