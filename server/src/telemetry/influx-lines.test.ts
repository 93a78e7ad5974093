import type { Reading } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeTagValue, toLines } from './influx-lines.ts'

const reading = (device: string, timeMs: number, value: number): Reading => ({ device, metric: 'power', timeMs, value })

describe('a tag value', () => {
  it.each([
    ['plain-1', 'plain-1'],
    ['a b,c=d', 'a\\ b\\,c\\=d'],
    ['inner\\slash', 'inner\\slash'],
    ['ends in a backslash\\', 'ends\\ in\\ a\\ backslash'],
    ['ends in three\\\\\\', 'ends\\ in\\ three'],
    ['before\\ a space', 'before\\ a\\ space'],
    ['before\\\\,a comma', 'before\\,a\\ comma'],
    ['two\nlines\r\n', 'twolines'],
    ['slash then newline\\\n', 'slash\\ then\\ newline'],
    ['nul\u0000tab\t', 'nultab'],
    ['劳动者', '劳动者'],
  ])('%j is written %j', (value, written) => {
    expect(escapeTagValue(value)).toBe(written)
  })

  it.each(['', '\\', '\n', '\\\\\n'])('%j leaves nothing to write', value => {
    expect(escapeTagValue(value)).toBeUndefined()
  })

  it('never ends its line, its tag or itself early, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), value => {
        const written = escapeTagValue(value)
        if (written === undefined) return
        expect(written).not.toMatch(/[\n\r]/)
        expect(written).not.toMatch(/\\$/)
        // Every space, comma and equals sign has its backslash.
        expect(written.replaceAll(/(?<!\\)\\[ ,=]/g, '')).not.toMatch(/[ ,=]/)
      }),
    )
  })
})

describe('lines', () => {
  it('hold the readings of one device and moment together, by device, then time', () => {
    expect(
      toLines([
        reading('b', 2, 1),
        reading('a', 3, 0.5),
        { ...reading('a', 3, 230), metric: 'voltage' },
        reading('a', 2, -1e-7),
      ]),
    ).toEqual(['tele,did=a power=-1e-7 2', 'tele,did=a power=0.5,voltage=230 3', 'tele,did=b power=1 2'])
  })

  it('keep the first of two values of one identity', () => {
    expect(toLines([reading('a', 1, 1), reading('a', 1, 2)])).toEqual(['tele,did=a power=1 1'])
  })

  it('leave out a device whose name cannot be written, and no other', () => {
    expect(toLines([reading('\\', 1, 1), reading('a', 1, 1)])).toEqual(['tele,did=a power=1 1'])
  })
})
