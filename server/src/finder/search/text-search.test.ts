import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { createPinyin } from '../pinyin.ts'
import { inAll } from './postings.ts'
import { type SearchedStation, type TextSearch, createTextSearch } from './text-search.ts'
import { tokensOf } from './tokens.ts'
import { isOneOff } from './word-index.ts'

const pinyin = createPinyin()

interface Texts {
  nameEn?: string
  districtNameZh?: string
  districtNameEn?: string
  addressZh?: string
}

const station = (id: string, nameZh: string, texts: Texts = {}): SearchedStation => {
  const { nameEn = '', districtNameZh = '渝中区', districtNameEn = 'Yuzhong', addressZh } = texts
  const record = { id, nameZh, nameEn, ...(addressZh !== undefined && { addressZh }) }
  return { record, districtNameZh, districtNameEn }
}

const STATIONS = [
  station('cq-500103-01', '解放碑劳动者港湾', { nameEn: "Jiefangbei Workers' Harbor", addressZh: '民族路1号' }),
  station('cq-500103-02', '解放碑', { addressZh: '民权路2号ATM旁' }),
  station('cq-500103-12', '临江门公厕驿站', { addressZh: '解放碑步行街12号' }),
  station('cq-500112-01', '重庆北站驿站', {
    districtNameZh: '渝北区',
    districtNameEn: 'Yubei',
    nameEn: 'Chongqing North Station',
  }),
  station('xa-610103-01', '长安路建设银行', {
    districtNameZh: '碑林区',
    districtNameEn: 'Beilin',
    nameEn: 'Changan Road CCB',
  }),
  station('cq-500108-01', '弹子石女儿城', { districtNameZh: '南岸区', nameEn: 'Danzishi' }),
]

let search: TextSearch
beforeAll(async () => {
  search = await createTextSearch(STATIONS.length, number => STATIONS[number] as SearchedStation, pinyin)
})

/** Ids by rank, those of one rank in the order of the list. */
function find(question: string): string[] {
  const { numbers, rankOf } = search.find(question)
  return [...numbers].sort((a, b) => rankOf(a) - rankOf(b) || a - b).map(number => STATIONS[number]?.record.id ?? '')
}

describe('what is typed', () => {
  test.each<[string, string[]]>([
    // A name that is it, one that begins so, one that has it in its address.
    ['解放碑', ['cq-500103-02', 'cq-500103-01', 'cq-500103-12']],
    // A single character is looked for in names alone.
    ['  解放 碑 ', ['cq-500103-01', 'cq-500103-02']],
    ['jfb', ['cq-500103-01', 'cq-500103-02', 'cq-500103-12']],
    ['jiefangbei', ['cq-500103-01', 'cq-500103-02', 'cq-500103-12']],
    ['JieFangBei', ['cq-500103-01', 'cq-500103-02', 'cq-500103-12']],
    ['jiefb', ['cq-500103-01', 'cq-500103-02', 'cq-500103-12']],
    ['jfbl', ['cq-500103-01']],
    ['cqbz', ['cq-500112-01']],
    ['chongqing', ['cq-500112-01']],
    ['changan', ['xa-610103-01']],
    ["chang'an", ['xa-610103-01']],
    ['cháng ān', ['xa-610103-01']],
    ['dzs', ['cq-500108-01']],
    ['nǚer', ['cq-500108-01']],
    ['nver', ['cq-500108-01']],
    ['解放碑 公厕', ['cq-500103-12']],
    ['解放碑ldz', ['cq-500103-01']],
    ['渝北', ['cq-500112-01']],
    ['yubei', ['cq-500112-01']],
    ['beilin', ['xa-610103-01']],
    ['workers harb', ['cq-500103-01']],
    ['workers’', ['cq-500103-01']],
    ['民权路2号', ['cq-500103-02']],
    ['ＡＴＭ', ['cq-500103-02']],
    ['cq-500112-01', ['cq-500112-01']],
    ['CQ 500112 01', ['cq-500112-01']],
    ['500103-1', ['cq-500103-12']],
    ['碑', ['cq-500103-01', 'cq-500103-02']],
    ['不在这里', []],
    ['zzzz', []],
    ['', []],
    ['…!?', []],
  ])('%s finds %o', (question, ids) => expect(find(question)).toEqual(ids))
})

describe('what is typed a little wrong', () => {
  test.each<[string, string]>([
    ['解放杯', 'cq-500103-01'],
    ['重庆背站', 'cq-500112-01'],
    ['jiefanbei', 'cq-500103-01'],
    ['cangan', 'xa-610103-01'],
    ['danzisi', 'cq-500108-01'],
    ['wrokers', 'cq-500103-01'],
    ['chonqing', 'cq-500112-01'],
    ['yuzhnog', 'cq-500103-01'],
  ])('%s still finds %s', (question, id) => expect(find(question)).toContain(id))

  test('does not push aside what is typed right', () => {
    expect(find('danzishi')[0]).toBe('cq-500108-01')
    expect(find('abc')).toEqual([])
  })
})

const textArb = fc.string({ unit: fc.constantFrom(...'解放碑路公厕民1a号长安'), minLength: 1, maxLength: 8 })

/** A name among others, and a part of it. */
const partArb = fc
  .tuple(fc.array(textArb, { minLength: 1, maxLength: 6 }), fc.nat(), fc.tuple(fc.nat(), fc.nat()))
  .map(([names, pick, [from, length]]) => {
    const number = pick % names.length
    const name = names[number] as string
    const start = from % name.length
    return { names, number, name, part: name.slice(start, start + 1 + (length % (name.length - start))) }
  })

test('any part of a name, in Chinese, whole pinyin or first letters, finds it', async () => {
  await fc.assert(
    fc.asyncProperty(partArb, async ({ names, number, name, part }) => {
      const texts = names.map((text, n) => station(`s-${n}`, text))
      const all = await createTextSearch(texts.length, n => texts[n] as SearchedStation, pinyin)
      const syllables = pinyin.syllables(part)
      const questions: string[] = []
      if (/[^\d a]/.test(part)) questions.push(part)
      // A name is read as a whole: the same character may sound otherwise in another word.
      if (` ${pinyin.syllables(name).join(' ')} `.includes(` ${syllables.join(' ')} `)) {
        questions.push(syllables.join(''))
        if (syllables.length > 1) questions.push(syllables.map(syllable => syllable[0]).join(''))
      }
      for (const question of questions) expect([...all.find(question).numbers]).toContain(number)
    }),
    { numRuns: 60 },
  )
})

test('what could be read in very many ways is answered as soon as anything else', () => {
  const long = 'a'.repeat(100)
  expect(find(long)).toEqual([])
  expect(find(`${'nn'.repeat(40)}x`)).toEqual([])
})

test('no question fails, and one question leaves nothing behind for the next', () => {
  const questionArb = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    textArb,
    fc.constantFrom('jfb', '解放碑', 'cq-500103-01'),
  )
  fc.assert(
    fc.property(fc.array(questionArb, { maxLength: 4 }), questions => {
      for (const question of questions) search.find(question)
      expect(find('jfbl')).toEqual(['cq-500103-01'])
    }),
  )
})

test('pieces of a question are Chinese or Latin, six of them at most', () => {
  expect(tokensOf('3号线jfb 解放碑 B2').map(({ text, isChinese }) => `${text} ${isChinese}`)).toEqual([
    '3号线 true',
    'jfb false',
    '解放碑 true',
    'b2 false',
  ])
  expect(tokensOf('a b c d e f g h')).toHaveLength(6)
})

test('lists have in common what sets have in common', () => {
  const listArb = fc.uniqueArray(fc.nat(200), { maxLength: 120 }).map(list => Uint32Array.from(list).sort())
  fc.assert(
    fc.property(fc.array(listArb, { minLength: 1, maxLength: 4 }), lists => {
      const [first = new Uint32Array(), ...others] = lists
      expect([...inAll(lists)]).toEqual([...first].filter(number => others.every(other => other.includes(number))))
    }),
  )
})

test('one letter wrong, missing, too many or swapped is one off; two are not', () => {
  const word = 'workers'
  for (const wrong of ['wokers', 'worrkers', 'wurkers', 'wrokers', 'workersx', 'orkers', word])
    expect([wrong, isOneOff(wrong, word)]).toEqual([wrong, true])
  for (const wrong of ['wrokres', 'works', 'workersxy', 'market'])
    expect([wrong, isOneOff(wrong, word)]).toEqual([wrong, false])
})
