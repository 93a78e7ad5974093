import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from './child-process.ts'

/** What the lockfile says of one folder. */
interface Locked {
  dependencies?: Record<string, string>
  resolved?: string
  link?: boolean
}

/** Every folder of node_modules that the workspace `from` needs to run, found as Node finds them; by the lockfile alone. */
export function neededFolders(packages: Record<string, Locked>, from: string): string[] {
  const found = new Set<string>()
  const visit = (folder: string) => {
    for (const name of Object.keys(packages[folder]?.dependencies ?? {})) {
      let base = folder
      let at = `${base}/node_modules/${name}`
      while (packages[at] === undefined && base !== '') {
        base = base.slice(0, Math.max(0, base.lastIndexOf('/')))
        at = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`
      }
      const locked = packages[at]
      if (locked === undefined) throw new Error(`package-lock.json has no ${name}, which ${folder} needs`)
      if (found.has(at)) continue
      found.add(at)
      visit(locked.link === true ? (locked.resolved ?? at) : at)
    }
  }
  visit(from)
  return [...found].sort()
}

/**
 * Makes a version of the gateway's software, a .tar.gz that a rollout can bring: its code and the packages it needs, none of them compiled for one
 * machine. `changes` are files that take the place of those of the checkout.
 */
export async function makeGatewayPackage(
  version: string,
  file: string,
  changes: Record<string, string> = {},
): Promise<void> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>
  }
  const own = JSON.parse(await readFile(join(ROOT, 'gateway', 'package.json'), 'utf8')) as object
  const changed = { 'gateway/package.json': `${JSON.stringify({ ...own, version }, null, 2)}\n`, ...changes }
  const folder = await mkdtemp(join(tmpdir(), 'harbor-package-'))
  try {
    for (const [path, text] of Object.entries(changed)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    const workspaces = ['package.json', 'gateway/package.json', 'gateway/src', 'protocol/package.json', 'protocol/src']
    const owners = ['--owner=0', '--group=0', '--exclude=*.test.ts', '--exclude=*.map', '--exclude=*.d.ts']
    const from = ['-C', ROOT, ...workspaces, ...neededFolders(lock.packages, 'gateway')]
    // Of two entries with one name the last is what unpacking leaves.
    await promisify(execFile)('tar', ['-czf', file, ...owners, ...from, '-C', folder, ...Object.keys(changed)])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const [version, file = `harbor-gateway-${version ?? ''}.tar.gz`] = process.argv.slice(2)
  if (version === undefined || !/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/.test(version)) {
    process.stderr.write('expected: npm run -s gateway:package -- VERSION [FILE]\n')
    process.exitCode = 1
  } else {
    await makeGatewayPackage(version, file)
    process.stdout.write(`${file}\n`)
  }
}
