import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { errorText } from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { z } from 'zod'
import { type Finding, fail, ok, warn } from './finding.ts'

/** Whoever does not answer within this is taken for not there. */
const ANSWER_MS = 5_000

const healthSchema = z.object({
  ok: z.boolean(),
  parts: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
})

/** Whether somebody listens; a port that is refused is free. */
export async function isListening(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port, timeout: ANSWER_MS })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

/** The server: well, with parts that are not, not there, or another program on its port. */
export async function lookAtServer(url: string, { isWanted }: { isWanted: boolean }): Promise<Finding[]> {
  const { hostname, port } = new URL(url)
  const about = 'server'
  if (!(await isListening(hostname, Number(port))))
    return [
      isWanted
        ? fail(about, `nothing listens at ${url}`, 'start it; its log is in DATA_DIR/logs')
        : ok(about, `not running; ${url} is free`),
    ]
  try {
    const answer = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(ANSWER_MS) })
    const { parts } = healthSchema.parse(await answer.json())
    const ill = Object.entries(parts).filter(([, part]) => !part.ok)
    if (ill.length === 0) return [ok(about, `well at ${url}: ${Object.keys(parts).join(', ')}`)]
    return ill.map(([name, part]) => fail(`${about}, ${name}`, part.detail, 'docs/operator.md, "What to do when"'))
  } catch (error) {
    const remedy = 'another program has the port: stop it, or set HTTP_PORT'
    return [fail(about, `what answers at ${url} is not our server (${errorText(error)})`, remedy)]
  }
}

export interface BrokerLook {
  url: string
  secretsDir: string
  caFile: string | undefined
  /** Something of ours runs, so that the broker should too. */
  isWanted: boolean
}

/** The broker: takes the server's secret, refuses it, is not there, or is another program. */
export async function lookAtBroker({ url, secretsDir, caFile, isWanted }: BrokerLook): Promise<Finding> {
  const about = 'broker'
  const { hostname, port } = new URL(url)
  if (!(await isListening(hostname, Number(port))))
    return isWanted
      ? fail(about, `nothing listens at ${url}`, 'start it, or set MQTT_URL to where it is')
      : ok(about, `not running; ${url} is free`)
  const secretFile = join(secretsDir, 'mqtt-server')
  if (!existsSync(secretFile))
    return warn(about, `something listens at ${url}`, `there is no ${secretFile} to ask it with`)
  try {
    const client = await connectAsync(
      url,
      {
        username: 'server',
        password: readFileSync(secretFile, 'utf8').trimEnd(),
        clientId: 'doctor',
        connectTimeout: ANSWER_MS,
        reconnectPeriod: 0,
        protocolVersion: 4,
        ...(caFile !== undefined && { ca: readFileSync(caFile) }),
      },
      false,
    )
    await client.endAsync()
    return ok(about, `takes the server's secret at ${url}`)
  } catch (error) {
    return fail(about, `${url}: ${errorText(error)}`, brokerRemedy(errorText(error)))
  }
}

function brokerRemedy(text: string): string {
  if (/username or password|not authorized/i.test(text))
    return 'it has another secret for `server`: give both the same SECRETS_DIR, and start the broker again'
  if (/certificate|self-signed|altnames/i.test(text))
    return 'its certificate is not believed: set MQTT_CA_FILE to the ca.pem that signed it, and issue it for the name in MQTT_URL'
  return 'another program has the port, or it is no MQTT 3.1.1: check MQTT_URL'
}

/** Somebody else's server that we need: a database, InfluxDB, Redis. */
export async function lookAtPeer(about: string, url: string, presetPort: number): Promise<Finding> {
  const { hostname, port, protocol } = new URL(url)
  const address = `${hostname}:${port || presetPort}`
  if (await isListening(hostname, Number(port || presetPort))) return ok(about, `answers at ${protocol}//${address}`)
  return fail(about, `nothing answers at ${protocol}//${address}`, `start it, or correct its address`)
}
