import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { EXIT } from '../src/harbor-cli/exit-codes.ts'
import { helpLines } from '../src/harbor-cli/run-harbor.ts'

const page = () => readFile(new URL('../../docs/fleet-command.md', import.meta.url), 'utf8')

test('docs/fleet-command.md says of the commands what `harbor help` says', async () => {
  const [, help] = /```text\n([\s\S]*?)\n```/.exec(await page()) ?? []
  expect(help?.split('\n')).toEqual(helpLines())
})

test('docs/fleet-command.md has every exit code, and no other', async () => {
  const codes = [...(await page()).matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code))
  expect(codes).toEqual(Object.values(EXIT))
})
