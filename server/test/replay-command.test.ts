import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const COMMAND = resolve(import.meta.dirname, '../src/replay-command.ts')

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'replay-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const DAY_S = 86_400
const START_S = 1_783_267_200 // midnight in China

/** Cycles of 30 min of rest and 15 of running, every 30 s, over whole days; from `stuckFromS` on it never stops. */
function watts(fromS: number, days: number, stuckFromS = Infinity): string {
  const lines: string[] = []
  for (let s = fromS; s < fromS + days * DAY_S; s += 30)
    lines.push(`${s},${s >= stuckFromS || (s - START_S) % 2_700 >= 1_800 ? 85 : 2}`)
  return lines.join('\n')
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function run(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' })
  return { lines: stdout.split('\n').filter(Boolean), stderr, status }
}

describe('npm run replay', () => {
  test('prints one line a transition and what it came to, whatever the order of the files', () => {
    const stuckS = START_S + 3.5 * DAY_S
    const late = file('late.csv', `unix_seconds,watts\n${watts(START_S + 2 * DAY_S, 2, stuckS)}\n`)
    const early = file('early.csv', watts(START_S, 2))
    const { lines, stderr, status } = run('--appliance', 'fridge', '--watts', late, '--watts', early)
    expect([stderr, status]).toEqual(['', 0])
    const told = lines.map(line => JSON.parse(line) as Record<string, unknown>)
    expect(told[0]).toMatchObject({
      type: 'raised',
      rule: 'fridge_compressor_never_stops',
      severity: 'P3',
      // Its last run had begun a quarter of an hour before.
      at: new Date((stuckS - 900 + 3 * 3600) * 1000).toISOString(),
      evidence: { metric: 'power', quantity: 'run_length', unit: 'min', threshold: 180 },
    })
    const alerts = told.filter(({ type }) => type === 'raised').length
    expect(told.at(-1)).toEqual({
      readings: 4 * 2_880,
      rejected: 0,
      daysCovered: 4,
      alerts,
      alertsPerApplianceDay: alerts / 4,
    })
  })

  test('takes temperature and people along, and refuses what no meter could mean', () => {
    const warm = Array.from({ length: 180 }, (_, minute) => `${START_S + minute * 60},${minute === 5 ? 900 : 9.5}`)
    const people = file('people.csv', `${START_S},1\n${START_S + 60},2\n`)
    const { lines, status } = run(
      '--appliance',
      'fridge',
      '--temperature',
      file('t.csv', warm.join('\n')),
      '--people',
      people,
    )
    expect(status).toBe(0)
    const told = lines.map(line => JSON.parse(line) as Record<string, unknown>)
    expect(told[0]).toMatchObject({ type: 'raised', rule: 'fridge_too_warm' })
    expect(told.at(-1)).toMatchObject({ readings: 181, rejected: 1, alerts: 1 })
  })

  test('takes rows in any order, twice, and of fractions of a second', () => {
    const rows = watts(START_S, 1)
      .split('\n')
      .map((row, n) => (n % 3 === 0 ? row.replace(',', '.25,') : row))
    const straight = run('--appliance', 'fridge', '--watts', file('straight.csv', rows.join('\n')))
    const mixed = [...rows.filter((_, n) => n % 2 === 1), ...rows.filter((_, n) => n % 2 === 0), ...rows.slice(0, 9)]
    const other = run('--appliance', 'fridge', '--watts', file('mixed.csv', mixed.join('\r\n')))
    const [summary] = straight.lines.map(line => JSON.parse(line) as Record<string, unknown>)
    expect(summary).toMatchObject({ readings: 2_880, alerts: 0 })
    expect(other.lines.map(line => JSON.parse(line) as unknown)).toEqual([{ ...summary, readings: 2_889 }])
  })

  test('counts the days of a plug that reports every ten minutes as covered, and is silent on what it cannot tell', () => {
    const rows = watts(START_S, 3, START_S + DAY_S)
      .split('\n')
      .filter((_, n) => n % 20 === 0)
    const { lines } = run('--appliance', 'fridge', '--watts', file('slow.csv', rows.join('\n')))
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ daysCovered: 2.993, alerts: 0 })
  })

  test.each([
    ['an unknown kind', () => ['--appliance', 'toaster', '--watts', 'x']],
    ['no file', () => ['--appliance', 'fridge', '--watts', join(folder, 'none.csv')]],
    ['a folder', () => ['--appliance', 'fridge', '--watts', folder]],
    ['a file of words', () => ['--appliance', 'fridge', '--watts', file('words.csv', 'a,b\nc,d\n')]],
    ['an empty file', () => ['--appliance', 'fridge', '--watts', file('empty.csv', '')]],
    ['an option that is none', () => ['--appliance', 'fridge', '--volts', 'x']],
  ])('says in one line what is wrong with %s, and fails', (_what, args) => {
    const { lines, stderr, status } = run(...args())
    expect(lines).toEqual([])
    expect(stderr).toMatch(/^replay: [^\n]+\n$/)
    expect(status).toBe(1)
  })
})
