import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ROOT } from '../scripts/child-process.ts'

/** An account of a broker that is not ours. */
export interface BrokerAccount {
  name: string
  password: string
}

/** A broker of Debian's on a free port of the loopback, with the accounts that it was given. */
export interface ForeignBroker extends AsyncDisposable {
  url: string
  log: () => string
}

/** A broker that another project makes. */
export interface ForeignBrokerKind {
  name: string
  /** Whether this machine has it. */
  isHere: () => boolean
  start: (accounts: readonly BrokerAccount[]) => Promise<ForeignBroker>
}

const PATIENCE_MS = 90_000
const RABBITMQ_SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'
/** Debian keeps servers where users do not look for programs. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin`

const has = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`], { env: { PATH } }).status === 0

export const FOREIGN_BROKERS: readonly ForeignBrokerKind[] = [
  { name: 'mosquitto', isHere: () => has('mosquitto') && has('mosquitto_passwd'), start: startMosquitto },
  { name: 'nats-server', isHere: () => has('nats-server'), start: startNats },
  { name: 'rabbitmq-server', isHere: () => has(RABBITMQ_SERVER), start: startRabbit },
]

async function startMosquitto(accounts: readonly BrokerAccount[]): Promise<ForeignBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-mosquitto-'))
  const port = await freePort()
  const passwords = join(folder, 'passwords')
  await writeFile(passwords, accounts.map(({ name, password }) => `${name}:${password}\n`).join(''))
  // Makes hashes of the passwords, in place.
  spawnSync('mosquitto_passwd', ['-U', passwords], { env: { PATH } })
  const acl = join(folder, 'acl')
  await writeFile(acl, await readFile(join(ROOT, 'docs/brokers/mosquitto.acl')))
  const config = join(folder, 'mosquitto.conf')
  await writeFile(
    config,
    [
      `listener ${port} 127.0.0.1`,
      'user root',
      'allow_anonymous false',
      `password_file ${passwords}`,
      `acl_file ${acl}`,
      'max_queued_messages 100000',
    ].join('\n'),
  )
  return run({ command: 'mosquitto', args: ['-c', config], folder, port })
}

async function startNats(accounts: readonly BrokerAccount[]): Promise<ForeignBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-nats-'))
  const port = await freePort()
  const users = accounts.map(({ name, password }) => `    { user: "${name}", password: "${password}" }`)
  const config = join(folder, 'nats.conf')
  await writeFile(
    config,
    `server_name: harbor
listen: "127.0.0.1:${await freePort()}"
jetstream { store_dir: "${join(folder, 'jetstream')}" }
mqtt { listen: "127.0.0.1:${port}" }
authorization {
  users: [
${users.join('\n')}
  ]
}
`,
  )
  return run({ command: 'nats-server', args: ['-c', config], folder, port })
}

async function startRabbit(accounts: readonly BrokerAccount[]): Promise<ForeignBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-rabbitmq-'))
  const port = await freePort()
  const own = accounts.map(({ name }) => name)
  const definitions = {
    vhosts: [{ name: '/' }],
    users: accounts.map(({ name, password }) => ({
      name,
      password_hash: rabbitHash(password),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: '',
    })),
    permissions: own.map(user => ({ user, vhost: '/', configure: '.*', write: '.*', read: '.*' })),
    // MQTT's topics are routing keys with dots; a gateway's own hold its name.
    topic_permissions: own
      .filter(user => user.startsWith('gw-'))
      .map(user => ({
        user,
        vhost: '/',
        exchange: 'amq.topic',
        write: '^harbor\\.v1\\.[0-9]{6}\\.{username}\\..*',
        read: '^harbor\\.v1\\.[0-9]{6}\\.{username}\\..*',
      })),
  }
  await writeFile(join(folder, 'definitions.json'), JSON.stringify(definitions))
  await writeFile(join(folder, 'plugins'), '[rabbitmq_mqtt].\n')
  await writeFile(
    join(folder, 'rabbitmq.conf'),
    [
      'listeners.tcp = none',
      `mqtt.listeners.tcp.1 = 127.0.0.1:${port}`,
      'mqtt.allow_anonymous = false',
      `load_definitions = ${join(folder, 'definitions.json')}`,
      'log.console = true',
      'log.file = false',
    ].join('\n'),
  )
  const epmdPort = String(await freePort())
  await mkdir(join(folder, 'home'))
  const env = {
    PATH,
    HOME: join(folder, 'home'),
    ERL_EPMD_PORT: epmdPort,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `harbor${port}@localhost`,
    RABBITMQ_DIST_PORT: String(await freePort()),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
  }
  const running = await run({ command: RABBITMQ_SERVER, args: [], folder, port, env })
  return {
    ...running,
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      // Erlang leaves its port mapper behind: this one is ours alone, on a port of its own.
      spawnSync('epmd', ['-port', epmdPort, '-kill'], { env: { PATH } })
    },
  }
}

/** As RabbitMQ keeps it: a salt of four bytes, then SHA-256 of salt and password. */
function rabbitHash(password: string): string {
  const salt = randomBytes(4)
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64')
}

interface Program {
  command: string
  args: readonly string[]
  folder: string
  port: number
  env?: Record<string, string>
}

async function run({ command, args, folder, port, env = { PATH } }: Program): Promise<ForeignBroker> {
  const said: string[] = []
  const child: ChildProcess = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', chunk => {
      said.push(String(chunk))
      if (said.length > 500) said.shift()
    })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      // The group: RabbitMQ is a script with Erlang below it.
      process.kill(-child.pid, 'SIGKILL')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  const untilMs = Date.now() + PATIENCE_MS
  while (!(await listens(port))) {
    if (child.exitCode !== null || Date.now() > untilMs) {
      await stop()
      throw new Error(`${command} does not listen: ${said.join('').slice(-2_000)}`)
    }
    await wait(100)
  }
  return { url: `mqtt://127.0.0.1:${port}`, log: () => said.join(''), [Symbol.asyncDispose]: stop }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false // refused: not yet
  } finally {
    socket.destroy()
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
