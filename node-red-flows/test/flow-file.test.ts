import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { FLOW_IDS } from '../src/runtime/toolkit.ts'
import { policySchema } from '../src/routing/policy.ts'

interface FlowNode {
  id: string
  type: string
  z?: string
  label?: string
  name?: string
  info?: string
  func?: string
  disabled?: boolean
  wires?: string[][]
  links?: string[]
  server?: string
  env?: { name: string; value: string }[]
}

const text = await readFile(new URL('../flows/flows.json', import.meta.url), 'utf8')
const nodes = JSON.parse(text) as FlowNode[]
const byId = new Map(nodes.map(node => [node.id, node]))
const tabs = nodes.filter(({ type }) => type === 'tab')
const on = (tab: string) => nodes.filter(({ z }) => z === tab)

test('every flow that the runtime knows is a tab, and no id is used twice', () => {
  expect(tabs.map(({ id }) => id).sort()).toEqual(['about', ...FLOW_IDS].sort())
  expect(byId.size).toBe(nodes.length)
})

test.each(FLOW_IDS)('the tab %s says in both languages what it does and what it needs, and shows its errors', id => {
  const [comment] = on(id).filter(({ type }) => type === 'comment')
  expect(comment?.info).toMatch(/[\u4e00-\u9fff]{10}/)
  expect(comment?.info).toMatch(/[A-Za-z]+ [a-z]+ [a-z]+/)
  expect(on(id).some(({ type }) => type === 'catch')).toBe(true)
})

test('no address, phone number or secret is in the file: only names of variables', () => {
  expect(text).not.toMatch(/https?:\/\//)
  expect(text).not.toMatch(/\d{11}|[0-9a-f]{32}|access_token|SEC[0-9a-f]/)
  const [connection] = nodes.filter(({ type }) => type === 'harbor-server')
  expect(connection).toMatchObject({
    url: '${SERVER_URL}',
    tokenFile: '${HARBOR_TOKEN_FILE}',
    mqttUrl: '${MQTT_URL}',
    mqttSecretFile: '${HARBOR_MQTT_SECRET_FILE}',
  })
})

test('every wire and link ends at a node, and every node of ours names the one connection', () => {
  const ends = nodes.flatMap(({ wires = [], links = [] }) => [...wires.flat(), ...links])
  expect(ends.filter(id => !byId.has(id))).toEqual([])
  const ours = nodes.filter(({ type }) => type.startsWith('harbor-') && type !== 'harbor-server')
  expect(ours.length).toBeGreaterThan(0)
  expect(new Set(ours.map(({ server }) => byId.get(server ?? '')?.type))).toEqual(new Set(['harbor-server']))
})

test('function nodes are wiring: at most nine short lines that call what is tested elsewhere', () => {
  for (const { func } of nodes.filter(({ type }) => type === 'function')) {
    expect(func?.split('\n').length).toBeLessThanOrEqual(9)
    expect(func).toContain("global.get('harbor')")
  }
})

test('the steps of escalation in the tab’s properties are such as the runtime takes', () => {
  const given = byId.get('routing')?.env?.find(({ name }) => name === 'ESCALATION')?.value ?? ''
  expect(policySchema.safeParse(JSON.parse(given)).success).toBe(true)
})
