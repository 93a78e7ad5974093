import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { flood } from './flood.ts'
import { ingestLines, measureIngest } from './ingest.ts'
import { medianOf } from './rig.ts'

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin`
const START_LIMIT_MS = 60_000
/** Readings and connections of every flood here. */
const CONNECTIONS = 100
/** The same for a peer and for us. */
const RUNS = 3

export interface PeerOptions {
  minutes: number
  /** Readings a second that our own path is offered. */
  rate: number
  gateways: number
  pack: number
  print: (line: string) => void
}

/** Our whole path against mosquitto alone, whose one subscriber drops everything; prints the ratio. */
export async function benchMosquitto(options: PeerOptions): Promise<void> {
  const rates: number[] = []
  for (let run = 0; run < RUNS; run++) {
    await using mosquitto = await startMosquitto()
    const counted = { bytes: 0 }
    const subscriber = spawn(
      'mosquitto_sub',
      ['-p', String(mosquitto.port), '-q', '1', '-t', 'harbor/v1/+/+/telemetry', '-F', 'x'],
      { env: { PATH }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    subscriber.stdout.on('data', (chunk: Buffer) => (counted.bytes += chunk.length))
    try {
      await wait(1_000) // it says nothing when it has subscribed
      const seconds = (options.minutes * 60) / RUNS
      const taken = await flood({ mqtt: mosquitto, connections: CONNECTIONS, pack: options.pack, seconds })
      // What is still under way to it does not count.
      const delivered = counted.bytes / 2 // "x" and the end of its line
      options.print(
        `  run ${run + 1}: mosquitto took ${taken} packs and gave ${delivered} on in ${seconds.toFixed(0)} s`,
      )
      rates.push((delivered * options.pack) / seconds)
    } finally {
      await end(subscriber)
    }
  }
  await compare('mosquitto alone', rates, options)
}

/** Our whole path against a Node-RED flow that writes the same messages into a DuckDB file; prints the ratio. */
export async function benchNodeRed(options: PeerOptions): Promise<void> {
  const rates: number[] = []
  for (let run = 0; run < RUNS; run++) rates.push(await runNodeRed(options, run))
  await compare('Node-RED into DuckDB', rates, options)
}

async function runNodeRed({ minutes, pack, print }: PeerOptions, run: number): Promise<number> {
  await using mosquitto = await startMosquitto()
  const folder = await mkdtemp(join(tmpdir(), 'harbor-node-red-'))
  const file = join(folder, 'readings.duckdb')
  const port = await freePort()
  const require = createRequire(import.meta.url)
  await mkdir(join(folder, 'user'))
  await writeFile(
    join(folder, 'settings.cjs'),
    `module.exports = {
  uiHost: '127.0.0.1', flowFile: 'flows.json', logging: { console: { level: 'warn' } },
  functionGlobalContext: { duckdb: require(${JSON.stringify(require.resolve('@duckdb/node-api'))}) },
}\n`,
  )
  await writeFile(join(folder, 'user/flows.json'), JSON.stringify(flowOf(mosquitto.port, file)))
  const nodeRed = spawn(
    process.execPath,
    [
      require.resolve('node-red/red.js'),
      '-s',
      join(folder, 'settings.cjs'),
      '-u',
      join(folder, 'user'),
      '-p',
      String(port),
    ],
    { env: { ...process.env, HOME: folder }, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  try {
    await untilListening(port)
    await wait(3_000) // its flow connects after it listens
    const seconds = (minutes * 60) / RUNS
    const startedMs = performance.now()
    const taken = await flood({ mqtt: mosquitto, connections: CONNECTIONS, pack, seconds })
    // What it still has to do, it does within this; what is not in the file then it has lost.
    await wait(10_000)
    const tookS = (performance.now() - startedMs) / 1_000
    await end(nodeRed)
    const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
    const reader = await (await instance.connect()).runAndReadAll('SELECT count(*) FROM reading')
    const rows = Number(reader.getColumns()[0]?.[0] ?? 0)
    instance.closeSync()
    print(
      `  run ${run + 1}: mosquitto took ${taken * pack} readings, the flow stored ${rows} in ${tookS.toFixed(0)} s (${(100 - (rows * 100) / Math.max(1, taken * pack)).toFixed(1)} % not)`,
    )
    return rows / tookS
  } finally {
    await end(nodeRed)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What somebody would wire by hand: MQTT in, a function that reads a pack and appends it, a flush every 100 ms. */
function flowOf(mqttPort: number, file: string): object[] {
  const setUp = `
const { DuckDBInstance } = global.get('duckdb')
const instance = await DuckDBInstance.create(${JSON.stringify(file)})
const connection = await instance.connect()
await connection.run('CREATE TABLE IF NOT EXISTS reading (name VARCHAR, unit VARCHAR, at_ms DOUBLE, value DOUBLE)')
const appender = await connection.createAppender('reading')
context.set('appender', appender)
context.set('instance', instance)
context.set('timer', setInterval(() => appender.flushSync(), 100))`
  const take = `
const appender = context.get('appender')
if (appender === undefined) return null
let name = '', time = 0
for (const record of msg.payload.pack) {
  if (record.bn !== undefined) name = record.bn
  if (record.bt !== undefined) time = record.bt
  appender.appendVarchar(name + record.n)
  appender.appendVarchar(record.u ?? '')
  appender.appendDouble((time + (record.t ?? 0)) * 1000)
  appender.appendDouble(record.v ?? (record.vb ? 1 : 0))
  appender.endRow()
}
return null`
  return [
    { id: 't', type: 'tab', label: 'peer' },
    {
      id: 'b',
      type: 'mqtt-broker',
      broker: '127.0.0.1',
      port: mqttPort,
      clientid: 'peer',
      cleansession: true,
      protocolVersion: 4,
    },
    {
      id: 'i',
      type: 'mqtt in',
      z: 't',
      topic: 'harbor/v1/+/+/telemetry',
      qos: '1',
      datatype: 'json',
      broker: 'b',
      wires: [['f']],
    },
    {
      id: 'f',
      type: 'function',
      z: 't',
      func: take,
      initialize: setUp,
      outputs: 1,
      wires: [[]],
      finalize:
        "clearInterval(context.get('timer')); context.get('appender').flushSync(); context.get('instance').closeSync()",
    },
  ]
}

/** Our own path in the same run, and the ratio. */
async function compare(peer: string, rates: readonly number[], options: PeerOptions): Promise<void> {
  const own = await measureIngest(options)
  for (const line of ingestLines(own)) options.print(line)
  const { median, low, high } = medianOf(rates)
  options.print(
    `  ${peer}: median ${median.toFixed(0)} readings a second (${low.toFixed(0)} to ${high.toFixed(0)} in ${rates.length} runs)`,
  )
  options.print(
    `  our whole path, offered ${options.rate} a second: ${own.readingsPerS.toFixed(0)} readings a second, ${own.isWhole ? 'none lost' : 'NOT WHOLE'}; ratio ${(own.readingsPerS / median).toFixed(2)}`,
  )
}

interface Peer extends AsyncDisposable {
  host: string
  port: number
}

/** With a queue that does not drop under fan-in, which it does as Debian ships it. */
async function startMosquitto(): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-mosquitto-'))
  const port = await freePort()
  const config = join(folder, 'mosquitto.conf')
  await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\n`)
  const child = spawn('mosquitto', ['-c', config], { env: { PATH }, stdio: 'ignore' })
  const stop = async () => {
    await end(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilListening(port)
  } catch (error) {
    await stop()
    throw error
  }
  return { host: '127.0.0.1', port, [Symbol.asyncDispose]: stop }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await once(child, 'exit')
  clearTimeout(timer)
}

async function untilListening(port: number): Promise<void> {
  const untilMs = performance.now() + START_LIMIT_MS
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isUp) return
    if (performance.now() > untilMs) throw new Error(`nobody listens on port ${port}`)
    await wait(100)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
