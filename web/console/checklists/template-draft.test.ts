import { type ChecklistTemplate, checklistTemplateRequestSchema } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { draftOf, LINE_TYPES, moved, newLine, problemsOf, requestOf } from './template-draft.ts'

const text = fc.string({ minLength: 1, maxLength: 20 }).filter(one => one === one.trim() && one !== '')
const id = fc.stringMatching(/^[a-z0-9_]{1,12}$/)
const labels = { labelZh: text, labelEn: text }
const common = {
  ...labels,
  severity: fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const, 'P3' as const),
  isOptional: fc.option(fc.constant(true), { nil: undefined }),
  applianceKind: fc.option(fc.constantFrom('fridge' as const, 'microwave' as const), { nil: undefined }),
}
const number = fc.option(fc.integer({ min: -50, max: 50 }), { nil: undefined })
const lineArbitrary = fc.oneof(
  fc.record({ ...common, type: fc.constantFrom('pass_fail' as const, 'text' as const, 'photo' as const) }),
  fc
    .record({
      ...common,
      type: fc.constant('number' as const),
      unit: fc.option(text, { nil: undefined }),
      min: number,
      max: number,
    })
    .filter(({ min, max }) => min === undefined || max === undefined || min <= max),
  fc.record({
    ...common,
    type: fc.constant('choice' as const),
    options: fc
      .uniqueArray(id, { minLength: 2, maxLength: 5 })
      .chain(ids =>
        fc.tuple(
          ...ids.map(one =>
            fc.record({ id: fc.constant(one), ...labels, fails: fc.option(fc.constant(true), { nil: undefined }) }),
          ),
        ),
      ),
  }),
)
/** As they come from the server: what is absent is not there at all. */
const templateArbitrary: fc.Arbitrary<ChecklistTemplate> = fc
  .record({
    titleZh: text,
    titleEn: text,
    use: fc.constantFrom('inspection' as const, 'order' as const),
    isRetired: fc.option(fc.constant(true), { nil: undefined }),
    source: fc.option(text, { nil: undefined }),
    lines: fc.array(lineArbitrary, { minLength: 1, maxLength: 8 }),
  })
  .map(({ lines, ...template }) => {
    const whole = {
      ...template,
      id: 'x',
      version: 3,
      createdAt: '2026-07-30T04:00:00.000Z',
      lines: lines.map((line, index) => ({ ...line, id: `l${index}` })),
    }
    return JSON.parse(JSON.stringify(whole)) as ChecklistTemplate
  })

test('a checklist that nobody changed is sent as it was, whatever its lines', () => {
  fc.assert(
    fc.property(templateArbitrary, template => {
      const { id: _, version, createdAt: __, ...rest } = template
      const draft = draftOf(template, () => 'new')
      expect(problemsOf(draft)).toEqual([])
      const request = requestOf(draft, version)
      expect(request).toEqual({ ...rest, replaces: version })
      expect(checklistTemplateRequestSchema.safeParse(request).success).toBe(true)
    }),
  )
})

test('what has no problem is taken by the server’s own schema, whatever was typed', () => {
  const typed = fc.oneof(fc.constantFrom('', ' ', '3', '-1', '2,5', 'x'), fc.string({ maxLength: 5 }))
  const draftArbitrary = fc.record({
    titleZh: typed,
    titleEn: typed,
    lines: fc.array(
      fc.record({
        type: fc.constantFrom(...LINE_TYPES),
        labelZh: typed,
        labelEn: typed,
        min: typed,
        max: typed,
        options: fc.array(fc.record({ labelZh: typed, labelEn: typed, fails: fc.boolean() }), { maxLength: 3 }),
      }),
      { maxLength: 3 },
    ),
  })
  fc.assert(
    fc.property(draftArbitrary, ({ lines, ...titles }) => {
      const draft = {
        ...draftOf(undefined, () => 'a'),
        ...titles,
        lines: lines.map((line, index) => ({
          ...newLine(`l${index}`),
          ...line,
          options: line.options.map((option, at) => ({ ...option, id: `o${at}` })),
        })),
      }
      const isTaken = checklistTemplateRequestSchema.safeParse(requestOf(draft, 0)).success
      expect(problemsOf(draft).length === 0).toBe(isTaken)
    }),
    { numRuns: 500 },
  )
})

test('a line changes its place with its neighbour, and none is lost at the ends', () => {
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b'])
  expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c'])
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c'])
})
