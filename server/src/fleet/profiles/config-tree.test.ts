import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffOf, leavesOf } from './config-tree.ts'
import { jsonPointer } from './json-places.ts'

const word = fc.constantFrom('a', 'b', 'c~d', 'e/f', 'vendor', '__proto__x')
const scalar = fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.boolean(), fc.constant(null))
const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.dictionary(word, tie('tree'), { maxKeys: 4 }),
    fc.uniqueArray(fc.record({ id: word, rest: tie('tree') }), { selector: ({ id }) => id, maxLength: 4 }),
  ),
}))
const document = fc.dictionary(word, tree, { maxKeys: 5 })

/** The document with every list of things in another order, and its members, too. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(turned)
    return value.some(item => typeof item === 'object' && item !== null) ? items.toReversed() : items
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, turned(member)]),
  )
}

test('two documents differ in nothing exactly when they hold the same values at the same paths', () => {
  fc.assert(
    fc.property(document, document, (a, b) => {
      expect(diffOf(a, b).length === 0).toBe(JSON.stringify(leavesOf(a)) === JSON.stringify(leavesOf(b)))
    }),
  )
})

test('the order of members and of things with an identity is no difference', () => {
  fc.assert(
    fc.property(document, a => {
      expect(diffOf(a, turned(a))).toEqual([])
    }),
  )
})

test('a difference read the other way names the same paths in the same order, added for removed', () => {
  const flipped = { added: 'removed', removed: 'added', changed: 'changed' } as const
  fc.assert(
    fc.property(document, document, (a, b) => {
      const back = diffOf(b, a).map(({ path, change }) => ({ path, change: flipped[change] }))
      expect(diffOf(a, b).map(({ path, change }) => ({ path, change }))).toEqual(back)
    }),
  )
})

test('what is not named in a difference is the same in both', () => {
  fc.assert(
    fc.property(document, document, (a, b) => {
      const touched = diffOf(a, b).map(({ path }) => path)
      const outside = (of: unknown) =>
        leavesOf(of)
          .map(({ path, value }) => [jsonPointer(path), JSON.stringify(value)] as const)
          .filter(([path]) => !touched.some(one => path === one || path.startsWith(`${one}/`)))
      // An empty document is one value without a path.
      if (touched.includes('')) return
      expect(outside(a)).toEqual(outside(b))
    }),
  )
})

test('a device is named by its id, one that is new or gone as a whole, and a list of words is one value', () => {
  const before = { devices: [{ id: 'x', vendor: 'shelly', safety: { cutsOnLeak: ['p', 'q'] } }, { id: 'y' }] }
  const after = { devices: [{ id: 'z' }, { id: 'x', vendor: 'tasmota', safety: { cutsOnLeak: ['p'] } }] }
  expect(diffOf(before, after)).toEqual([
    { path: '/devices/x/safety/cutsOnLeak', change: 'changed', before: ['p', 'q'], after: ['p'] },
    { path: '/devices/x/vendor', change: 'changed', before: 'shelly', after: 'tasmota' },
    { path: '/devices/y', change: 'removed', before: { id: 'y' } },
    { path: '/devices/z', change: 'added', after: { id: 'z' } },
  ])
})
