import { type Mapping, mappingSchema } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileExpression } from './expression.ts'
import { createMappingDecoder, mappingProblem } from './mapping.ts'
import { bytes, told } from './readings.test-support.ts'

const METER: Mapping = {
  topic: 'meters/+/data',
  address: 'meter-{1}',
  readings: [
    { metric: 'power', value: 'p_kw * 1000' },
    { metric: 'energy', value: '$sum(phases.wh)' },
    { metric: 'relay', value: 'out = "closed"', channel: 2 },
  ],
}
const reading = (value: string, metric: Mapping['readings'][number]['metric'] = 'power'): Mapping => ({
  topic: 'x',
  readings: [{ metric, value }],
})
const tells = (mapping: Mapping, topic: string, payload: unknown) =>
  told(createMappingDecoder([mapping]), topic, payload)

describe('a mapping', () => {
  it('makes readings of what no decoder knows', () => {
    const message = { p_kw: 0.25, phases: [{ wh: 5 }, { wh: 7 }], out: 'closed' }
    expect(tells(METER, 'meters/7/data', message)).toEqual([
      'meter-7 power 250',
      'meter-7 energy 12',
      'meter-7#2 relay 1',
    ])
  })

  it('reads text, and the topic', () => {
    expect(tells(reading('$number($substringBefore($, " "))'), 'x', '12.5 W')).toEqual(['x power 12.5'])
    const byTopic: Mapping = {
      topic: 'a/#',
      address: '{1}',
      readings: [{ metric: 'people', value: '$number($topic[1])' }],
    }
    expect(tells(byTopic, 'a/3/now', 'x')).toEqual(['3/now people 3'])
  })

  it.each<[string, Mapping, unknown, string[]]>([
    ['a field that is missing', reading('p'), {}, ['ignored']],
    ['null', reading('p'), { p: null }, ['ignored']],
    ['text for a number', reading('p'), { p: 'high' }, ['rejected wrong_type']],
    ['nan', reading('p'), { p: 'nan' }, ['rejected not_finite']],
    ['a list', reading('p'), { p: [1, 2] }, ['rejected wrong_type']],
    ['an object', reading('$'), { p: 1 }, ['rejected wrong_type']],
    ['a number for a state', reading('p', 'door'), { p: 7 }, ['rejected wrong_type']],
    ['an absurd value', reading('p * 1000000'), { p: 5 }, ['rejected out_of_range']],
    ['an expression that fails', reading('p + "x"'), { p: 5 }, ['rejected wrong_type']],
    ['an inherited field', reading('constructor'), {}, ['ignored']],
  ])('makes no wrong value of %s', (...[, mapping, payload, expected]) => {
    expect(tells(mapping, 'x', payload)).toEqual(expected)
  })

  it('dates by ISO 8601 with a zone, or by milliseconds', () => {
    const decoder = createMappingDecoder([{ ...reading('p'), time: 't' }])
    const timeOf = (t: unknown) => {
      const decoded = decoder.decode('x', bytes({ p: 1, t }))
      return decoded.kind === 'readings'
        ? { time: decoded.readings[0]?.time, refused: decoded.rejected.length }
        : decoded
    }
    const time = { kind: 'utc', atMs: Date.UTC(2026, 6, 30, 4) }
    expect(timeOf('2026-07-30T12:00:00+08:00')).toEqual({ time, refused: 0 })
    expect(timeOf(time.atMs)).toEqual({ time, refused: 0 })
    expect(timeOf(undefined)).toEqual({ time: undefined, refused: 0 })
    // Seconds, or a wall clock of who knows where: counted, and dated by its arrival.
    expect(timeOf(1_785_384_000)).toEqual({ time: undefined, refused: 1 })
    expect(timeOf('2026-07-30 12:00')).toEqual({ time: undefined, refused: 1 })
  })

  it.each([
    ['meters/7/data', 'meter-7'],
    ['meters/7', undefined],
    ['meters/7/data/x', undefined],
    ['meters//data', 'meter-'],
    ['other/7/data', undefined],
  ])('takes %s for %s', (topic, address) => {
    expect(createMappingDecoder([METER]).addressOf(topic)).toBe(address)
  })

  it.each([
    ['an expression that is none', { ...reading('p +') }, 'mappings.0'],
    ['a function that reaches further', { ...reading('$eval(p)') }, '$eval'],
    ['a wildcard that the topic has not', { ...METER, address: 'm-{2}' }, '{2}'],
    ['a time that is none', { ...reading('p'), time: '(' }, 'mappings.0'],
  ])('is refused with its config for %s', (_what, mapping, why) => {
    expect(mappingProblem([mapping])).toContain(why)
    expect(mappingProblem([METER])).toBeUndefined()
  })

  it.each(['a/b', '+/b', 'a/#', '#', '+', '/a', 'a//b'])('may have the topic %s', topic => {
    expect(mappingSchema.safeParse({ ...METER, topic }).success).toBe(true)
  })

  it.each(['', 'a+/b', 'a/#/b', 'a#', '##'])('may not have the topic %j', topic => {
    expect(mappingSchema.safeParse({ ...METER, topic }).success).toBe(false)
  })
})

describe('an expression', () => {
  it.each([
    '$now()',
    '$millis()',
    '$random()',
    '$eval("1")',
    '/(a+)+$/',
    '[1..10000000]',
    '$pad("x", 1000000000)',
    '| $ | {"a":1} |',
    'function($x){$x}',
    '$map(a, $string)',
    'a ~> $eval',
    '($f := $eval; 1)',
    '($__evaluate_entry := 1; a)',
    '$shuffle(a)',
    '$nothing',
    '($sum := 1; a)',
  ])('may not be %s', source => {
    expect(compileExpression(source)).toHaveProperty('problem')
  })

  it('is stopped when it grows or takes too long, whatever the message', () => {
    const doubling = Array.from({ length: 60 }, (_, i) => `$a${i} := ${i === 0 ? '"xxxx"' : `$a${i - 1} & $a${i - 1}`}`)
    const nested = `${'list.('.repeat(6)}1${')'.repeat(6)}`
    const list = Array.from({ length: 8_000 }, (_, index) => ({ list: [index] }))
    for (const [source, input] of [
      [`(${doubling.join(';')}; $a59)`, {}],
      [nested, { list }],
      ['**.**.**.**', { list }],
    ] as const) {
      const compiled = compileExpression(source)
      expect(compiled).toHaveProperty('expression')
      if (!('expression' in compiled)) return
      const startedAtMs = performance.now()
      expect(compiled.expression(input, [])).toMatchObject({ reason: 'too_large' })
      // A hundred times the bound: only an evaluation that nothing stops takes longer.
      expect(performance.now() - startedAtMs).toBeLessThan(2_000)
    }
  })

  it('never throws, whatever the text and the message', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '.',
      '[',
      ']',
      '(',
      ')',
      '*',
      '**',
      '$',
      '$$',
      '$sum',
      '$string',
      '$number',
      '+',
      '-',
      '&',
      '=',
      '<',
      '?',
      ':',
      '"x"',
      '5',
      '{',
      '}',
      '^',
      '%',
      ',',
      ';',
      ':=',
      '$v',
      '~>',
      ' ',
      'and',
      'in',
      '@',
      '#',
      '$topic',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.jsonValue(), (pieces, input) => {
        const compiled = compileExpression(pieces.join(''))
        if ('expression' in compiled) compiled.expression(input, ['x'])
      }),
      { numRuns: 3_000 },
    )
  })
})
