import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packNodes } from '../scripts/pack.ts'

let root: string
let folder: string
let inside: string[]

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'harbor-pack-'))
  folder = join(root, 'node_modules/@harbor/node-red-nodes')
  inside = await packNodes(folder)
})
afterAll(() => rm(root, { recursive: true, force: true }))

test('below node_modules, without anything of this repository, every node of the packed package registers itself', async () => {
  const { 'node-red': nodeRed } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    'node-red': { nodes: Record<string, string> }
  }
  const script = `
    const types = []
    for (const path of ${JSON.stringify(Object.values(nodeRed.nodes).map(path => join(folder, path)))})
      (await import(path)).default({ nodes: { registerType: type => types.push(type) } })
    process.stdout.write(types.join())`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: root })
  expect(stdout.split(',')).toEqual(Object.keys(nodeRed.nodes))
})

test('the packed package carries the licences of what is inside, and its dialogs and words', async () => {
  expect(inside.map(name => name.replace(/@[^@]+$/, ''))).toEqual(expect.arrayContaining(['mqtt', 'zod']))
  const notices = await readFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
  for (const name of inside) expect(notices).toContain(name)
  expect(await readFile(join(folder, 'palette/locales/zh-CN/harbor-event.json'), 'utf8')).toContain('港湾事件')
})
