import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chownSync, closeSync, existsSync, globSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'

/** A PostgreSQL of the tests' own, in a folder that goes with it. */
export interface PostgresServer {
  /** Address of a database of it. */
  url: (database: string) => string
  /** Makes a database, empty or as a copy of another that nobody is connected to. */
  createDatabase: (name: string, template?: string) => Promise<void>
  dropDatabase: (name: string) => Promise<void>
  /** Ends it as an operator would, cutting whoever is connected; the data stay. */
  halt: () => Promise<void>
  /** On the same port with the same data. */
  resume: () => Promise<void>
  /** Ends it and removes its data. */
  stop: () => Promise<void>
}

/** Where the programs are: Debian keeps those of the server out of PATH. Undefined: there is no PostgreSQL here. */
export function postgresPrograms(): string | undefined {
  const folders = globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) => versionOf(b) - versionOf(a))
  const onPath = (process.env['PATH'] ?? '').split(':')
  return [...folders, ...onPath].find(
    folder => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  )
}

const versionOf = (folder: string) => Number(/postgresql\/(\d+)/.exec(folder)?.[1] ?? 0)

/** What a title says of tests that cannot run here. */
export const NO_POSTGRES = 'needs PostgreSQL (Debian package postgresql)'

/** @throws Error with the server's own words when it does not come up. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error(NO_POSTGRES)
  const dir = await mkdtemp(join(tmpdir(), 'harbor-postgres-'))
  const owner = ownerOfServer()
  if ('uid' in owner) chownSync(dir, owner.uid, owner.gid)
  const data = join(dir, 'data')
  initialise(join(programs, 'initdb'), data, owner)
  const logFile = join(dir, 'log')
  const port = await freePort()
  let child: ChildProcess | undefined
  const url = (database: string) => `postgres://harbor@127.0.0.1:${port}/${database}`
  const resume = async () => {
    const log = openSync(logFile, 'a')
    child = spawn(
      join(programs, 'postgres'),
      // Nothing of a test outlives it: its disk need not be waited for.
      [
        '-D',
        data,
        '-k',
        dir,
        '-p',
        `${port}`,
        ...settingsOf({ listen_addresses: '127.0.0.1', max_connections: '200', fsync: 'off', log_checkpoints: 'off' }),
      ],
      // Into a file: a pipe that nobody empties would hold the whole server up.
      { ...owner, cwd: dir, stdio: ['ignore', 'ignore', log] },
    )
    closeSync(log)
    await ready(child, url('postgres'), logFile)
  }
  const halt = async () => {
    const ending = child
    if (ending === undefined || ending.exitCode !== null) return
    const ended = new Promise(resolve => ending.once('exit', resolve))
    ending.kill('SIGINT')
    await ended
    child = undefined
  }
  const killNow = () => void child?.kill('SIGQUIT')
  process.once('exit', killNow)
  const run = async (text: string) => {
    const client = new Client({ connectionString: url('postgres') })
    await client.connect()
    try {
      await client.query(text)
    } finally {
      await client.end()
    }
  }
  await resume()
  return {
    url,
    createDatabase: (name, template) =>
      run(`create database "${name}"${template === undefined ? '' : ` template "${template}" strategy file_copy`}`),
    dropDatabase: name => run(`drop database if exists "${name}" with (force)`),
    halt,
    resume,
    stop: async () => {
      await halt()
      process.off('exit', killNow)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const settingsOf = (settings: Record<string, string>) =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])

/** Whom a child process runs as; empty: us. */
type Owner = { uid: number; gid: number } | Record<never, never>

/** PostgreSQL refuses to run as root: there it runs as the user that its package made. */
function ownerOfServer(): Owner {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** With an order of text that is not SQLite's, where it can be had: what we rely on has to be in our own tables. */
function initialise(initdb: string, data: string, owner: Owner): void {
  const common = ['-D', data, '-U', 'harbor', '--auth=trust', '--encoding=UTF8', '--no-sync', '--locale=C.UTF-8']
  const options = { ...owner, encoding: 'utf8' as const }
  if (spawnSync(initdb, [...common, '--locale-provider=icu', '--icu-locale=en-US'], options).status === 0) return
  execFileSync(initdb, common, options)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** Longest wait for a start, on a machine that does much else. */
const START_LIMIT_MS = 60_000

async function ready(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const until = Date.now() + START_LIMIT_MS
  for (;;) {
    const client = new Client({ connectionString: url })
    // Unheard, a connection that breaks while it is tried would end the process.
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`PostgreSQL did not start: ${(await readFile(logFile, 'utf8')).slice(-2_000)}`, {
          cause: error,
        })
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}
