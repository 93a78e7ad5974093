import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createQuarantine } from './influx-quarantine.ts'

async function setUp(maxBytes: number) {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-refused-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'new', 'refused.lp')
  const open = () =>
    createQuarantine({ file, maxBytes }, { clock: () => Date.UTC(2026, 6, 1), log: pino({ level: 'silent' }) })
  return { folder, file, open }
}

const refused = (line: string) => ({ line, reason: 'malformed', detail: 'HTTP 400: unable\nto parse' })

describe('the quarantine', () => {
  it('keeps each line with its reason, for its owner alone to read', async () => {
    const { file, open } = await setUp(10_000)
    await open().keep(refused('tele,did=a x'))
    await open().keep(refused('tele,did=b x\nsecond'))
    expect(await readFile(file, 'utf8')).toBe(
      [
        '# 2026-07-01T00:00:00.000Z malformed: HTTP 400: unable to parse',
        'tele,did=a x',
        '# 2026-07-01T00:00:00.000Z malformed: HTTP 400: unable to parse',
        'tele,did=b x second',
        '',
      ].join('\n'),
    )
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('never takes more than it may on disk, and has the newest', async () => {
    const { file, open } = await setUp(4_000)
    const quarantine = open()
    for (let n = 0; n < 200; n += 1) void quarantine.keep(refused(`line-${n}`))
    await quarantine.keep(refused('the last'))
    const sizes = await Promise.all([file, `${file}.1`].map(async path => (await stat(path)).size))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4_000)
    expect(quarantine.sizeBytes()).toBe(sizes[0]! + sizes[1]!)
    const kept = (await readFile(`${file}.1`, 'utf8')) + (await readFile(file, 'utf8'))
    expect(kept).toContain('the last')
    expect(kept).toContain('line-199\n')
    expect(kept).not.toContain('line-0\n')
  })

  it('counts what was there before it began', async () => {
    const { file, open } = await setUp(4_000)
    await open().keep(refused('x'.repeat(1_500)))
    const later = open()
    await later.keep(refused('y'.repeat(1_000)))
    expect(await readFile(`${file}.1`, 'utf8')).toContain('x'.repeat(1_500))
  })

  it('does not fail where nothing can be written', async () => {
    const { folder, open } = await setUp(4_000)
    await writeFile(join(folder, 'new'), 'a file where the folder should be')
    await expect(open().keep(refused('a'))).resolves.toBeUndefined()
  })
})
