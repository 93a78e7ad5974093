import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { rulesPage } from '../src/alerts/rules-table.ts'
import { FAULT_CATALOGUE, LIVE_CATALOGUE, TRIAL_RULES } from '../src/faults/catalogue.ts'

/** The cells of a page's tables: how wide its columns are is the formatter's. */
const cellsOf = (page: string) =>
  page
    .split('\n')
    .filter(line => line.startsWith('|') && !/^\|[\s|:-]+$/.test(line))
    .map(line => line.split(/(?<!\\)\|/).map(cell => cell.trim()))

test('docs/rules.md says of every rule what the catalogue says: `npm run -s rules > docs/rules.md` brings it up to date', async () => {
  const page = await readFile(new URL('../../docs/rules.md', import.meta.url), 'utf8')
  expect(cellsOf(page)).toEqual(cellsOf(rulesPage()))
})

test('every rule is live, or on trial for a reason', () => {
  const trial = Object.keys(TRIAL_RULES)
  for (const id of trial) expect(FAULT_CATALOGUE.map(rule => rule.id)).toContain(id)
  expect(LIVE_CATALOGUE).toHaveLength(FAULT_CATALOGUE.length - trial.length)
})
