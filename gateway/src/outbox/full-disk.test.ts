import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reading } from '@harbor/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { openOutbox } from './open-outbox.ts'
import type { Outbox } from './outbox.ts'
import { isFull } from './sqlite-error.ts'

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A disk of 12 MB; undefined where we may not mount one. */
function tinyDisk(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'tiny-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', dir], { stdio: 'ignore' })
  } catch {
    rmSync(dir, { recursive: true })
    return undefined // not root, or not Linux
  }
  onTestFinished(() => {
    execFileSync('umount', [dir])
    rmSync(dir, { recursive: true })
  })
  return dir
}

const readings = (count: number, from: number): Reading[] =>
  Array.from({ length: count }, (_, n) => ({ device: 'd', metric: 'power', timeMs: 1.7e12 + from + n, value: n + 0.5 }))

const refusal = (outbox: Outbox, from: number): unknown => {
  try {
    outbox.commit({ readings: readings(200, from), messages: [], atMs: 1.7e12 })
    return undefined
  } catch (error) {
    return error
  }
}

it('that is really full is read and emptied all the same, and takes readings again', ({ skip }) => {
  const dir = tinyDisk()
  if (dir === undefined) return skip('mounting a small disk needs root on Linux')
  const file = join(dir, 'outbox.sqlite')
  const outbox = openOutbox(file, { maxBytes: 2 ** 30 }, { clock: () => 0, log: SILENT })
  expect(existsSync(`${file}.reserve`)).toBe(true)
  let error: unknown
  for (let n = 0; error === undefined; n += 200) error = refusal(outbox, n)
  expect(isFull(error)).toBe(true)
  const depth = outbox.depth()
  expect(outbox.read({ firstId: 1, lastId: 1_000 })).toHaveLength(1_000)
  // The server acknowledged what it was sent: without the reserve even that could not be written down.
  outbox.remove([{ firstId: 1, lastId: 20_000, count: 20_000 }])
  expect([outbox.depth(), existsSync(`${file}.reserve`)]).toEqual([depth - 20_000, false])
  expect(refusal(outbox, depth)).toBeUndefined()
  outbox.close()
})

it('that others fill loses no reading that was taken, and goes on when they make room', ({ skip }) => {
  const dir = tinyDisk()
  if (dir === undefined) return skip('mounting a small disk needs root on Linux')
  const outbox = openOutbox(join(dir, 'outbox.sqlite'), { maxBytes: 2 ** 30 }, { clock: () => 0, log: SILENT })
  expect(() => writeFileSync(join(dir, 'others'), Buffer.alloc(16_000_000))).toThrow(/ENOSPC/)
  let taken = 0
  while (refusal(outbox, taken) === undefined) taken += 200
  expect(outbox.depth()).toBe(taken)
  rmSync(join(dir, 'others'))
  expect(refusal(outbox, taken)).toBeUndefined()
  outbox.close()
  const again = openOutbox(join(dir, 'outbox.sqlite'), { maxBytes: 2 ** 30 }, { clock: () => 0, log: SILENT })
  expect(again.read({ firstId: 1, lastId: taken + 200 }).map(({ timeMs }) => timeMs - 1.7e12)).toEqual(
    Array.from({ length: taken + 200 }, (_, n) => n),
  )
  again.close()
})
