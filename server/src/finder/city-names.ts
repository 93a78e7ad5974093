import { areaList } from '@vant/area-data'
import type { Pinyin } from './pinyin.ts'

/** Codes that stand for a province's counties without a city above them carry such words instead of a name. */
const NO_NAMES = ['县', '省直辖县', '自治区直辖县级行政区划']

/** What a name says beside the place: the kind of city, and the peoples of an autonomous prefecture. */
const KIND =
  /(?:市|地区|盟|林区|(?:(?:朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|白|景颇|傈僳|回|蒙古|柯尔克孜|哈萨克)族?)+自治州)$/

/** Names that are not written by the sound of their Chinese form; the spelling is that of GB/T 2260. */
const OWN_SPELLING: Readonly<Record<string, string>> = {
  呼和浩特: 'Hohhot',
  鄂尔多斯: 'Ordos',
  呼伦贝尔: 'Hulunbuir',
  巴彦淖尔: 'Bayannur',
  乌兰察布: 'Ulanqab',
  兴安: 'Hinggan',
  锡林郭勒: 'Xilingol',
  阿拉善: 'Alxa',
  哈尔滨: 'Harbin',
  齐齐哈尔: 'Qiqihar',
  拉萨: 'Lhasa',
  日喀则: 'Shigatse',
  昌都: 'Qamdo',
  林芝: 'Nyingchi',
  那曲: 'Nagqu',
  阿里: 'Ngari',
  阿坝: 'Aba',
  甘孜: 'Garze',
  果洛: 'Golog',
  乌鲁木齐: 'Urumqi',
  克拉玛依: 'Karamay',
  吐鲁番: 'Turpan',
  博尔塔拉: 'Bortala',
  巴音郭楞: 'Bayingolin',
  阿克苏: 'Aksu',
  克孜勒苏: 'Kizilsu',
  喀什: 'Kashgar',
  和田: 'Hotan',
  伊犁: 'Ili',
  阿勒泰: 'Altay',
  香港岛: 'Hong Kong Island',
  九龙: 'Kowloon',
  新界: 'New Territories',
  澳门半岛: 'Macao Peninsula',
}

/**
 * A city's names by the first four digits of its districts' codes; undefined: the table has none. Chinese names are
 * of @vant/area-data (MIT), English ones are their pinyin.
 */
export function cityName(code: string, { syllables }: Pinyin): { nameZh: string; nameEn: string } | undefined {
  const nameZh = areaList.city_list[`${code}00`]
  if (nameZh === undefined) return undefined
  const english = (name: string) => {
    const place = name.replace(KIND, '')
    return OWN_SPELLING[place] ?? capitalised(joined(syllables(place)))
  }
  if (!NO_NAMES.includes(nameZh)) return { nameZh, nameEn: english(nameZh) }
  const province = areaList.province_list[`${code.slice(0, 2)}0000`] ?? ''
  return { nameZh: `${province}直辖县`, nameEn: `Counties of ${english(province.replace(/省|维吾尔自治区/, ''))}` }
}

/** With an apostrophe where a syllable could be read into the one before (GB/T 16159: Xi'an). */
function joined(syllables: readonly string[]): string {
  return syllables.reduce((text, syllable) => (/^[aeo]/.test(syllable) ? `${text}'${syllable}` : text + syllable))
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
