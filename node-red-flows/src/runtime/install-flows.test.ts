import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { installFlows } from './install-flows.ts'

const FIRST = '[{"id":"a","type":"tab"}]'
const SECOND = '[{"id":"a","type":"tab"},{"id":"b","type":"tab"}]'
const OWN = '[{"id":"mine","type":"tab"}]'

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-flows-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const shipped = join(dir, 'shipped.json')
  return {
    theirs: join(dir, 'flows.json'),
    dir,
    ship: async (flows: string) => {
      await writeFile(shipped, flows)
      return installFlows(shipped, dir)
    },
  }
}

test('the first start takes the flows that ship, and the next leaves them', async () => {
  const { ship, theirs } = await folder()
  expect(await ship(FIRST)).toBe('installed')
  expect(await readFile(theirs, 'utf8')).toBe(FIRST)
  expect(await ship(FIRST)).toBe('unchanged')
})

test('newer flows take the place of older ones that nobody changed, however the editor spaced them; the older are kept', async () => {
  const { ship, theirs, dir } = await folder()
  await ship(FIRST)
  const respaced = JSON.stringify(JSON.parse(FIRST), null, 4)
  await writeFile(theirs, respaced)
  expect(await ship(SECOND)).toBe('updated')
  expect(await readFile(theirs, 'utf8')).toBe(SECOND)
  expect(await readFile(join(dir, 'flows.before.json'), 'utf8')).toBe(respaced)
})

test('changed flows are never touched: the newer lie beside them', async () => {
  const { ship, theirs, dir } = await folder()
  await ship(FIRST)
  await writeFile(theirs, OWN)
  expect(await ship(FIRST)).toBe('unchanged')
  expect(await ship(SECOND)).toBe('kept')
  expect(await readFile(theirs, 'utf8')).toBe(OWN)
  expect(await readFile(join(dir, 'flows.shipped.json'), 'utf8')).toBe(SECOND)
})

test('a file that is no JSON is somebody’s own', async () => {
  const { ship, theirs } = await folder()
  await writeFile(theirs, '{ half a fi')
  expect(await ship(FIRST)).toBe('kept')
  expect(await readFile(theirs, 'utf8')).toBe('{ half a fi')
})
