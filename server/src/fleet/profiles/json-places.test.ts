import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readJsonPlaces } from './json-places.ts'

const valueOf = (text: string): unknown => {
  const read = readJsonPlaces(text)
  if ('problem' in read) throw new Error(read.problem.reason)
  return read.value
}

/** What a parser makes of a text; undefined: it refuses it. */
function parsedBy(parse: (text: string) => unknown, text: string): { value: unknown } | undefined {
  try {
    return { value: parse(text) }
  } catch {
    return undefined // SyntaxError: the only one that it throws.
  }
}

test('what JSON.parse takes is read as the same value, however it is spaced', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, 2, '\t'), (value, space) => {
      const text = JSON.stringify(value, undefined, space)
      expect(valueOf(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('a text that is cut or changed somewhere is refused where JSON.parse refuses it, and nowhere else', () => {
  const changed = fc
    .tuple(fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\\', '1', 'e', '-', '\n'))
    .map(([value, at, letter]) => {
      const text = JSON.stringify(value)
      const place = at % (text.length + 1)
      return text.slice(0, place) + letter + text.slice(place + 1)
    })
  fc.assert(
    fc.property(changed, text => {
      const read = readJsonPlaces(text)
      fc.pre(!('problem' in read) || read.problem.reason !== 'is given twice')
      expect('problem' in read ? undefined : { value: read.value }).toEqual(parsedBy(JSON.parse, text))
      const lines = text.split('\n').length
      expect('problem' in read ? read.problem.line : 1).toBeLessThanOrEqual(lines)
    }),
    { numRuns: 500 },
  )
})

test('a value is found at its line and column; what is not there, at what it is missing from', () => {
  const read = readJsonPlaces('{\n  "devices": [\n    { "key": "a~/b" }\n  ]\n}')
  if ('problem' in read) throw new Error(read.problem.reason)
  expect(read.placeOf([])).toEqual({ line: 1, column: 1 })
  expect(read.placeOf(['devices', 0, 'key'])).toEqual({ line: 3, column: 14 })
  expect(read.placeOf(['devices', 0, 'vendor'])).toEqual({ line: 3, column: 5 })
})

test.each([
  ['{"a": 1,\n "a": 2}', '/a', 2, 2, 'is given twice'],
  ['{\n  "a": tru\n}', '/a', 2, 8, 'expected a JSON value'],
  ['[1, 2', '', 1, 6, 'expected , or ]'],
  ['{a: 1}', '', 1, 2, 'expected a name in double quotes'],
  ['', '', 1, 1, 'expected a JSON value'],
  ['[[1] 2]', '', 1, 6, 'expected , or ]'],
  ['"a\nb"', '', 1, 1, 'expected a string on one line, with its end'],
  ['1 2', '', 1, 3, 'expected the end of the text'],
])('what is wrong with %j is said with its place', (text, ...[path, line, column, reason]) => {
  expect(readJsonPlaces(text)).toEqual({ problem: { path, line, column, reason } })
})

test('a text of brackets alone is refused, and does not use up the stack', () => {
  expect(readJsonPlaces('['.repeat(100_000))).toMatchObject({ problem: { reason: 'expected at most 64 levels' } })
})
