import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTemplate } from './template.ts'
import { NOT_SAID, TemplateError } from './values.ts'

const JSON_MESSAGE = { a: 5, t: '21.5', b: true, off: false, n: null, o: { p: [7, 8], 'x-y': 3 }, s: 'ON' }
const given = (template: string, json: unknown = JSON_MESSAGE, text = 'raw') => parseTemplate(template)({ text, json })

/** What is thrown that may not be. */
function failureOf(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof TemplateError ? undefined : error
  }
}

describe('a value template', () => {
  it.each<[string, unknown]>([
    ['{{ value_json.a }}', 5],
    ['{{value_json.o.p[1]}}', 8],
    ["{{ value_json['o']['x-y'] }}", 3],
    ['{{- value_json.a -}}', 5],
    ['{{ value }}', 'raw'],
    ['{{ value_json.t | float }}', 21.5],
    ['{{ value_json.t | float | round(0) }}', 22],
    ['{{ value_json.t | int }}', 21],
    ['{{ (value_json.a | float / 60 / 2) | round(3) }}', 0.042],
    ['{{ value_json.a * 1.8 + 32 }}', 41],
    ['{{ 7 // 2 + 7 % 4 - -1 }}', 7],
    ['{{ float(value_json.t) * 2 }}', 43],
    ['{{ value_json.b }}', true],
    ["{{ 'ON' if value_json.a > 4 else 'OFF' }}", 'ON'],
    ["{{ 'ON' if value_json.off else 'OFF' }}", 'OFF'],
    ["{{ 'ON' if value_json.b == true and not value_json.off or value_json.a == 1 else 'OFF' }}", 'ON'],
    ['{% if value_json.a == 5 %}ON{% elif value_json.a == 6 %}SIX{% else %}OFF{% endif %}', 'ON'],
    ['{% if value_json.a == 6 %}ON{% else %}{{ value_json.s }}{% endif %}', 'ON'],
    ['{% if value_json.none is defined %}{{ value_json.none }}{% endif %}', undefined],
    ["{{ value_json.a if value_json.a is defined else 'x' }}", 5],
    ['{{ value_json.n is none }}', true],
    ['{{ value_json.s | lower }}', 'on'],
    ['{{ value_json.b | string }}', 'True'],
    // Python's true is 1, and its text is no number.
    ['{{ value_json.b == 1 }}', true],
    ["{{ value_json.a == '5' }}", false],
  ])('%s', (template, expected) => {
    expect(given(template)).toEqual(expected)
  })

  it.each([
    '{{ value_json.none | default(0) }}',
    '{{ value_json.none | float(0) }}',
    '{{ value_json.s | float(0) }}',
    '{{ value_json.none | int }}',
    '{{ value_json.none | is_defined }}',
    '{{ value_json.none * 2 }}',
    "{{ 'ON' if value_json.none == 1 else 'OFF' }}",
    '{% if value_json.none > 3 %}ON{% else %}OFF{% endif %}',
  ])('makes no value of what the message does not say: %s', template => {
    expect(given(template)).toBe(NOT_SAID)
  })

  it.each([
    ['{{ states("sensor.x") }}', 'states'],
    ['{{ value_json.a.b() }}', 'b()'],
    ['{{ value_json.keys() }}', 'keys()'],
    ['{{ now() }}', 'now'],
    ['{{ value_json.a | regex_replace("a", "b") }}', 'regex_replace'],
    ['{% set x = 1 %}{{ x }}', 'set'],
    ['{% for i in value_json.p %}{{ i }}{% endfor %}', 'for'],
    ['{{ value_json.a }} W', 'several values'],
    ['{{ value_json.a }}{{ value_json.a }}', 'several values'],
    ['{% if value_json.a %}x', 'endif'],
    ['{% endif %}', 'without its if'],
    ['{{ value_json.a', 'without its end'],
    ['{{ ~ }}', 'in an expression'],
    ['{{ value_json. }}', 'dot'],
    [`{{ ${'('.repeat(40)}1${')'.repeat(40)} }}`, 'too deep'],
    [`{{ ${'1 + '.repeat(300)}1 }}`, 'characters'],
  ])('refuses %s when it is read', (template, why) => {
    expect(() => parseTemplate(template)).toThrow(TemplateError)
    expect(() => parseTemplate(template)).toThrow(why)
  })

  it.each([
    '{{ value_json.s | float }}',
    '{{ value_json.s * 2 }}',
    '{{ value_json.n | lower }}',
    '{{ value_json.s > 1 }}',
  ])('cannot be worked out: %s', template => {
    expect(() => given(template)).toThrow(TemplateError)
  })

  it('reaches only what the message says: no inherited field', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'length']) {
      expect(given(`{{ value_json.${name} }}`)).toBeUndefined()
      expect(given(`{{ value_json['${name}'] }}`)).toBeUndefined()
    }
    expect(() => given('{{ constructor }}')).toThrow(TemplateError)
  })

  it('fails only by TemplateError, whatever it holds and is given', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      'if',
      'else',
      'elif',
      'endif',
      'value_json',
      'value',
      '.a',
      "['t']",
      '[0]',
      '(',
      ')',
      '|',
      'float',
      'round(1)',
      'default(0)',
      'is defined',
      'not',
      'and',
      'or',
      '==',
      '<',
      '+',
      '-',
      '*',
      '/',
      '%',
      '5',
      "'x'",
      'none',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), fc.boolean(), fc.jsonValue(), (pieces, isWrapped, json) => {
        const source = isWrapped ? `{{ ${pieces.join(' ')} }}` : pieces.join(' ')
        expect(failureOf(() => given(source, json))).toBeUndefined()
      }),
      { numRuns: 2_000 },
    )
  })
})
