import { customPinyin, pinyin } from 'pinyin-pro'

/** How Chinese text sounds, for typing it with Latin letters. */
export interface Pinyin {
  /** A syllable for each Chinese character, without tones, `ü` as `v`; what is not Chinese is left out, but letters and digits stand as they are, in lower case. */
  syllables: (text: string) => readonly string[]
}

/**
 * Names whose characters are read otherwise than the library's dictionary does: places, and how Chongqing shortens its own
 * institutions (重 in them is the city's `chong`).
 */
const LOCAL_READINGS: Readonly<Record<string, string>> = {
  弹子石: 'dan zi shi',
  曾家: 'zeng jia',
  重医: 'chong yi',
  重大附: 'chong da fu',
  重师: 'chong shi',
  重钢: 'chong gang',
  重百: 'chong bai',
  重棉: 'chong mian',
  重啤: 'chong pi',
  重报: 'chong bao',
  丰都: 'feng du',
  郫都: 'pi du',
  郫县: 'pi xian',
  什邡: 'shi fang',
  黄陂: 'huang pi',
  六合: 'lu he',
  厦大: 'xia da',
  行道: 'xing dao',
  都会: 'du hui',
  还房: 'huan fang',
  还建: 'huan jian',
  回迁: 'hui qian',
}

/** Texts remembered: streets, districts and hosts that many addresses share. Some 100 bytes each. */
const MAX_REMEMBERED = 50_000
/** Addresses are read in pieces that end with these, which they share with others. */
const PIECE = /[^省市区县镇乡街道路巷号村湾]*[省市区县镇乡街道路巷号村湾]+|[^省市区县镇乡街道路巷号村湾]+/gu

export function createPinyin(): Pinyin {
  customPinyin(LOCAL_READINGS)
  const remembered = new Map<string, readonly string[]>()
  const read = (text: string): readonly string[] =>
    pinyin(text, { toneType: 'none', type: 'array', nonZh: 'spaced', v: true }).flatMap(
      syllable => syllable.toLowerCase().match(/[a-z]+|\d+/g) ?? [],
    )
  const piece = (text: string): readonly string[] => {
    const known = remembered.get(text)
    if (known !== undefined) return known
    const syllables = read(text)
    if (remembered.size < MAX_REMEMBERED) remembered.set(text, syllables)
    return syllables
  }
  return { syllables: text => (text.match(PIECE) ?? []).flatMap(piece) }
}
