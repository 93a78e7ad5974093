import { createRequire } from 'node:module'
import { registerHarborAlert } from '../src/harbor-alert.ts'
import { registerHarborCommand } from '../src/harbor-command.ts'
import { registerHarborDelivered } from '../src/harbor-delivered.ts'
import { registerHarborDue } from '../src/harbor-due.ts'
import { registerHarborEvent } from '../src/harbor-event.ts'
import { registerHarborNotify } from '../src/harbor-notify.ts'
import { registerHarborServer } from '../src/harbor-server.ts'
import { registerHarborStation } from '../src/harbor-station.ts'
import { registerHarborTelemetry } from '../src/harbor-telemetry.ts'
import { TOKEN } from './contract-server.ts'
import { MQTT_SECRET } from './event-broker.ts'

/** What these tests use of Node-RED's own bench for nodes, which ships no types. */
interface Bench {
  init: (runtimePath: string) => void
  load: (nodes: unknown[], flow: object[], credentials: Record<string, object>) => Promise<void>
  unload: () => Promise<void>
  getNode: (id: string) => {
    on: (event: string, listener: (message: Message) => void) => void
    receive: (message: Message) => void
  }
}

const require = createRequire(import.meta.url)
const helper = require('node-red-node-test-helper') as Bench
helper.init(require.resolve('node-red'))

const NODES = [
  registerHarborServer,
  registerHarborEvent,
  registerHarborStation,
  registerHarborTelemetry,
  registerHarborCommand,
  registerHarborAlert,
  registerHarborNotify,
  registerHarborDue,
  registerHarborDelivered,
]

export type Message = Record<string, unknown>

export interface Loaded {
  /** What came out of the tested node, by output. */
  outputs: [Message[], Message[]]
  /** What Catch nodes got. */
  caught: (Message & { error: { message: string; code?: string } })[]
  /** Texts that the tested node showed under itself. */
  statuses: string[]
  receive: (message: Message) => void
  unload: () => Promise<void>
}

export interface Tested {
  type: string
  config?: object
  /** Of the harbor-server. */
  server: { url: string; mqttUrl?: string; tokenFile?: string }
  credentials?: { token?: string; mqttSecret?: string }
}

/** A node without a place on a tab would be a config node. */
const PLACE = { z: 'tab', x: 100, y: 100 }

/** One node of ours in Node-RED's own runtime, on a tab with a Catch and a Status node beside it. */
export async function loadNode({ type, config, server, credentials }: Tested): Promise<Loaded> {
  const flow = [
    { id: 'tab', type: 'tab', label: '夜间 Night', disabled: false, info: '' },
    { id: 'server', type: 'harbor-server', tokenFile: '', mqttUrl: '', mqttSecretFile: '', ...server },
    { id: 'tested', ...PLACE, type, server: 'server', ...config, wires: [['first'], ['second']] },
    { id: 'first', ...PLACE, type: 'helper', wires: [] },
    { id: 'second', ...PLACE, type: 'helper', wires: [] },
    { id: 'catch', ...PLACE, type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
    { id: 'caught', ...PLACE, type: 'helper', wires: [] },
    { id: 'status', ...PLACE, type: 'status', scope: ['tested'], wires: [['statuses']] },
    { id: 'statuses', ...PLACE, type: 'helper', wires: [] },
  ]
  await helper.load(NODES, flow, { server: { token: TOKEN, mqttSecret: MQTT_SECRET, ...credentials } })
  const loaded: Loaded = {
    outputs: [[], []],
    caught: [],
    statuses: [],
    receive: message => helper.getNode('tested').receive(message),
    unload: async () => void (await helper.unload()),
  }
  helper.getNode('first').on('input', message => loaded.outputs[0].push(message))
  helper.getNode('second').on('input', message => loaded.outputs[1].push(message))
  helper.getNode('caught').on('input', message => loaded.caught.push(message as Loaded['caught'][number]))
  helper
    .getNode('statuses')
    .on('input', message => loaded.statuses.push((message['status'] as { text?: string }).text ?? ''))
  return loaded
}
