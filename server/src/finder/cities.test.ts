import { expect, test } from 'vitest'
import { citiesOf, overviewOf } from './cities.ts'
import { cityName } from './city-names.ts'
import { createPinyin } from './pinyin.ts'
import { createPlaces } from './places.ts'

const pinyin = createPinyin()

test.each([
  ['重庆', 'chong qing'],
  ['重庆市长寿区', 'chong qing shi chang shou qu'],
  ['弹子石老街', 'dan zi shi lao jie'],
  ['曾家岩', 'zeng jia yan'],
  ['重医附一院', 'chong yi fu yi yuan'],
  ['建设银行(解放碑支行)', 'jian she yin hang jie fang bei zhi hang'],
  ['长途汽车站', 'chang tu qi che zhan'],
  ['什邡', 'shi fang'],
  ['女儿城', 'nv er cheng'],
  ['ATM旁B2层', 'a t m pang b 2 ceng'],
  ['', ''],
])('%s sounds %s', (text, syllables) => expect(pinyin.syllables(text).join(' ')).toBe(syllables))

test.each([
  ['5001', '重庆市', 'Chongqing'],
  ['5002', '重庆市直辖县', 'Counties of Chongqing'],
  ['6101', '西安市', "Xi'an"],
  ['3415', '六安市', "Lu'an"],
  ['3502', '厦门市', 'Xiamen'],
  ['1501', '呼和浩特市', 'Hohhot'],
  ['2224', '延边朝鲜族自治州', 'Yanbian'],
  ['5328', '西双版纳傣族自治州', 'Xishuangbanna'],
  ['6530', '克孜勒苏柯尔克孜自治州', 'Kizilsu'],
  ['4290', '湖北省直辖县', 'Counties of Hubei'],
])('the city %s is %s, %s', (code, nameZh, nameEn) => expect(cityName(code, pinyin)).toEqual({ nameZh, nameEn }))

test('a city begins where its stations are densest, not in the middle of its land; an unknown one is named by a district', async () => {
  const crowd = Array.from({ length: 5 }, (_, n) => ({ id: `c-${n}`, latDeg: 29.5601 + n / 1_000, lngDeg: 106.5701 }))
  const far = [
    { id: 'north', latDeg: 31, lngDeg: 109 },
    { id: 'lone', latDeg: 20, lngDeg: 110 },
  ]
  const places = createPlaces([...crowd, ...far])
  const homeOf = (number: number) => ({
    district: number === 6 ? '999901' : '500103',
    districtNameZh: number === 6 ? '某区' : '渝中区',
    districtNameEn: number === 6 ? 'Somewhere' : 'Yuzhong',
  })
  const cities = await citiesOf(places, homeOf, code => cityName(code, pinyin))
  expect(overviewOf(cities, number => number < 2)).toEqual([
    {
      code: '5001',
      nameZh: '重庆市',
      nameEn: 'Chongqing',
      stations: 6,
      open: 2,
      box: [106.5701, 29.5601, 109, 31],
      middle: { latDeg: 29.5621, lngDeg: 106.5701 },
    },
    {
      code: '9999',
      nameZh: '某区',
      nameEn: 'Somewhere',
      stations: 1,
      open: 0,
      box: [110, 20, 110, 20],
      middle: { latDeg: 20, lngDeg: 110 },
    },
  ])
})
