import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EVENT_KINDS, METRIC_NAMES, ROLES, SEVERITIES } from '@harbor/protocol'
import { expect, test } from 'vitest'

const PALETTE = join(import.meta.dirname, '../palette')
const LANGUAGES = ['zh-CN', 'en-US']
const read = (...path: string[]) => readFileSync(join(PALETTE, ...path), 'utf8')
const TYPES = readdirSync(PALETTE)
  .filter(name => name.endsWith('.html'))
  .map(name => name.slice(0, -'.html'.length))

/** The keys of a catalogue, as a dialog writes them. */
function keysOf(catalogue: object, before = ''): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string' ? [before + key] : keysOf(value as object, `${before}${key}.`),
  )
}
const catalogue = (language: string, type: string) => JSON.parse(read('locales', language, `${type}.json`)) as object

test('the package names every node, and each is there', () => {
  const { 'node-red': nodeRed } = JSON.parse(readFileSync(join(PALETTE, '../package.json'), 'utf8')) as {
    'node-red': { nodes: Record<string, string> }
  }
  expect(Object.entries(nodeRed.nodes).toSorted()).toEqual(TYPES.map(type => [type, `palette/${type}.js`]).toSorted())
})

test.each(TYPES)('%s has the same words in both languages, and none is empty', type => {
  const [zh, en] = LANGUAGES.map(language => keysOf(catalogue(language, type)))
  expect(zh).toEqual(en)
  expect(LANGUAGES.flatMap(language => JSON.stringify(catalogue(language, type)).match(/:""/g) ?? [])).toEqual([])
})

test.each(TYPES)('%s finds every word of its dialog in its catalogue', type => {
  const html = read(`${type}.html`)
  const wanted = [...html.matchAll(/data-i18n="([^"]+)"|_\('([^']+)'\)/g)].map(match => match[1] ?? match[2])
  expect(wanted.length).toBeGreaterThan(1)
  expect(keysOf(catalogue('zh-CN', type))).toEqual(expect.arrayContaining(wanted))
})

test.each(TYPES)('%s has a field in its dialog for each of its settings', type => {
  const html = read(`${type}.html`)
  const settings = [...html.matchAll(/^ {6}(\w+): \{ /gm)].map(match => match[1])
  const fields = [...html.matchAll(/ id="node-(?:config-)?input-(\w+)"/g)].map(match => match[1])
  expect(fields.toSorted()).toEqual(settings.toSorted())
})

test.each(TYPES)('%s has its help in both languages, and its icon', type => {
  for (const language of LANGUAGES) {
    const help = read('locales', language, `${type}.html`)
    expect(help).toContain(`data-help-name="${type}"`)
    expect(help.length).toBeGreaterThan(100)
  }
  const icon = /icon: '([^']+)'/.exec(read(`${type}.html`))?.[1]
  expect(icon === undefined ? type : readdirSync(join(PALETTE, 'icons')).includes(icon)).toBe(
    icon === undefined ? 'harbor-server' : true,
  )
})

test.each([
  ['harbor-event', 'kinds', EVENT_KINDS],
  ['harbor-event', 'severities', SEVERITIES],
  ['harbor-notify', 'roles', ROLES],
])('%s offers as %s what the contract has', (type, name, values) => {
  const offered = new RegExp(`const ${name} = \\[([^\\]]+)\\]`).exec(read(`${type}.html`))?.[1] ?? ''
  expect([...offered.matchAll(/'([^']+)'/g)].map(match => match[1])).toEqual([...values])
})

test('every metric that the dialog offers is one', () => {
  const offered = [...read('harbor-telemetry.html').matchAll(/<option value="([a-z_0-9]+)"/g)]
    .map(match => match[1])
    .filter(value => value !== 'newest' && value !== 'series')
  expect(offered.length).toBeGreaterThan(5)
  expect(METRIC_NAMES).toEqual(expect.arrayContaining(offered))
})
