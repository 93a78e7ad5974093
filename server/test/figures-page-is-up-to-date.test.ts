import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { figuresPage } from '../src/usage/figures-page.ts'

/** Words without the formatter's line breaks and column widths. */
const wordsOf = (page: string) => page.replaceAll(/[-| \n\\]+/g, ' ').trim()

test('docs/figures.md says of every figure what its definition says: `npm run -s figures > docs/figures.md` brings it up to date', async () => {
  const page = await readFile(new URL('../../docs/figures.md', import.meta.url), 'utf8')
  expect(wordsOf(page)).toBe(wordsOf(figuresPage()))
})
