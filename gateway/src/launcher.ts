import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  ENTRY,
  SOFTWARE_FOLDER,
  codeFolder,
  provenFile,
  prune,
  readRequest,
  readState,
  requestFile,
  writeState,
} from './launch/launch-files.ts'
import { BOX_SOFTWARE, type LaunchEvent, type LaunchState, decide, versionToRun } from './launch/launch-state.ts'

/**
 * What a service manager starts: it runs the version of the gateway that has proven itself last, or one on trial. It uses
 * Node's own modules only, and is always the box's own, so that no package can break it.
 */

/** How often it is looked whether the software on trial has proven itself. */
const LOOK_MS = 500
/** A gateway that is told to end has ended in 3.5 s by itself. */
const KILL_AFTER_MS = 5_000
/** Between two starts of software on trial: what ends at once does not burn the processor. */
const PAUSE_MS = 500
const BOX_DIR = join(import.meta.dirname, '..', '..')

const dataDir = process.env['DATA_DIR'] || './data'
const dir = join(process.env['GATEWAY_DIR'] || join(dataDir, 'gateways'), SOFTWARE_FOLDER)
const trialMs = wholeMs(process.env['GATEWAY_SOFTWARE_TRIAL_MS'], 300_000)

let child: ChildProcess | undefined
let isStopping = false
/** What runs was told to end, for its trial is over. */
let isGivenUp = false
let trial: { version: string; look: NodeJS.Timeout; limit: NodeJS.Timeout } | undefined

mkdirSync(dir, { recursive: true, mode: 0o700 })
let state = readState(dir)
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal))
// The parent that started it with a channel is gone.
process.on('disconnect', () => stop('SIGTERM'))
pass({ kind: 'began', ...found() }, 0)

/** What the gateway left to be read. */
function found() {
  return { isProven: isProven(), request: readRequest(dir) }
}

function isProven(): boolean {
  return state.trying !== undefined && existsSync(provenFile(dir, state.trying.version))
}

function pass(event: LaunchEvent, exitCode: number): void {
  const { state: next, act } = decide(state, event)
  try {
    keep(next)
  } catch (error) {
    say(`the state cannot be written: ${error instanceof Error ? error.message : String(error)}`)
    // What a kill would forget is not begun: what has proven itself runs.
    state = { current: state.current }
  }
  if (act === 'leave') process.exit(exitCode)
  if (act === 'run') run()
  if (act !== 'stop') return
  isGivenUp = true
  const given = child
  given?.kill('SIGTERM')
  setTimeout(() => given?.kill('SIGKILL'), KILL_AFTER_MS).unref()
}

/** Writes the state, and takes away what led to it. */
function keep(next: LaunchState): void {
  if (JSON.stringify(next) !== JSON.stringify(state)) {
    const { trying, failed } = next
    // Proof of an earlier trial is none of this one.
    if (trying?.starts === 1) rmSync(provenFile(dir, trying.version), { force: true })
    writeState(dir, next)
    if (failed !== undefined && failed.version !== state.failed?.version) say(`${failed.version}: ${failed.reason}`)
    if (state.trying !== undefined && trying === undefined) {
      rmSync(provenFile(dir, state.trying.version), { force: true })
    }
    state = next
  }
  // While a gateway runs, a request is one that it is about to make.
  if (child === undefined) rmSync(requestFile(dir), { force: true })
}

function run(): void {
  if (isStopping) process.exit(0)
  isGivenUp = false
  prune(dir, state)
  const version = versionToRun(state)
  const folder = codeFolder(dir, version, BOX_DIR)
  watchTrial()
  const started = spawn(process.execPath, [...process.execArgv, join(folder, ENTRY)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, GATEWAY_LAUNCHED: folder === BOX_DIR ? BOX_SOFTWARE : version },
  })
  child = started
  let how = ''
  started.on('error', error => (how = `because ${error.message}`))
  started.once('close', (code, signal) => {
    child = undefined
    how ||= signal === null ? `with exit code ${code}` : `by ${signal}`
    if (isStopping) process.exit(code ?? 1)
    const go = () => (isGivenUp ? run() : pass({ kind: 'ended', ...found(), how }, code ?? 1))
    setTimeout(go, state.trying === undefined ? 0 : PAUSE_MS)
  })
}

/** One trial's time counts over the starts of its software. */
function watchTrial(): void {
  const version = state.trying?.version
  if (trial?.version === version) return
  clearInterval(trial?.look)
  clearTimeout(trial?.limit)
  trial = undefined
  if (version === undefined) return
  trial = {
    version,
    look: setInterval(() => {
      if (child !== undefined && isProven()) pass({ kind: 'proved' }, 0)
      if (state.trying === undefined) watchTrial()
    }, LOOK_MS),
    limit: setTimeout(() => pass({ kind: 'late', afterMs: trialMs }, 0), trialMs),
  }
}

function stop(signal: NodeJS.Signals): void {
  isStopping = true
  if (child === undefined) process.exit(0)
  child.kill(signal)
}

function say(line: string): void {
  process.stderr.write(`${JSON.stringify({ level: 40, process: 'launcher', msg: line })}\n`)
}

function wholeMs(text: string | undefined, presetMs: number): number {
  const ms = Number(text ?? presetMs)
  return Number.isSafeInteger(ms) && ms >= 500 && ms <= 3_600_000 ? ms : presetMs
}
