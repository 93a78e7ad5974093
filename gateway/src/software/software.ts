import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type GatewayConfig, type GatewaySoftware, type GatewayStatus, errorText } from '@harbor/protocol'
import { z } from 'zod'
import { replaceFile } from '../config/atomic-file.ts'
import { provenFile, readState, requestFile } from '../launch/launch-files.ts'
import { BOX_SOFTWARE, type SoftwareRequest } from '../launch/launch-state.ts'
import type { Log, Random } from '../log.ts'
import { fetchPackage, isRefusal } from './fetch-package.ts'
import { unpack } from './unpack.ts'

/** From 5 s to 15 minutes, over some 3 hours: a fleet that was told at once does not ask a lame server at once again. */
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 900_000
const MAX_TRIES = 20
/** While on trial an acknowledgement is asked for as often; chosen as for configs. */
const PROBE_MS = 10_000
/** The status' own limit. */
const MAX_REASON_LENGTH = 300

const refusedSchema = z.object({ version: z.string(), configVersion: z.int(), reason: z.string() })

/** The launcher that started this process. */
export interface Launch {
  /** As what: a version, or BOX_SOFTWARE. */
  as: string
  /** Where versions lie; see launch-files.ts. */
  dir: string
  /** Ends this process in order, so that the launcher starts what was asked for. */
  endProcess: () => void
}

export interface SoftwareOptions {
  gateway: string
  /** The version of this process' code. */
  running: string
  /** Undefined: no launcher started it, or for several gateways; then it takes no other software, and says so. */
  launch: Launch | undefined
}

export interface SoftwareDeps {
  /** The authority to believe beside Node's own, PEM; read at each try. */
  ca: () => string | undefined
  /** Asks the server for an acknowledgement. */
  probe: () => void
  onChanged: () => void
  random: Random
  log: Log
}

/** Brings the software that the config asks for, and proves the one that runs. */
export interface Software {
  /** A config that holds. Of several the last counts. */
  want: (config: GatewayConfig) => void
  /** The server acknowledged something of this run. */
  acknowledged: () => void
  linkUp: () => void
  status: () => Pick<GatewayStatus, 'softwareProblem'>
  start: () => void
  /** Ends what is being fetched; its part stays. May be called twice. */
  stop: () => Promise<void>
}

export function createSoftware({ gateway, running, launch }: SoftwareOptions, deps: SoftwareDeps): Software {
  const { log } = deps
  let problem: GatewayStatus['softwareProblem']
  let unproven = launch !== undefined && readState(launch.dir).trying?.version === launch.as
  let timer: NodeJS.Timeout | undefined
  let fetching = new AbortController()
  let wanted: number | undefined
  let work = Promise.resolve()

  const say = (next: typeof problem) => {
    if (next !== undefined) log.warn({ gateway, ...next }, 'the software that the config asks for does not run')
    problem = next && { ...next, reason: next.reason.slice(0, MAX_REASON_LENGTH) }
    deps.onChanged()
  }

  const bring = async (config: GatewayConfig, signal: AbortSignal): Promise<void> => {
    const { software, version: configVersion } = config
    // Without a word on software it is what came with the box.
    const version = software?.version ?? BOX_SOFTWARE
    if (launch === undefined && software !== undefined && version !== running) {
      return say({ version, reason: 'the gateway is not started by the launcher' })
    }
    if (launch === undefined || launch.as === version || running === version) return say(undefined)
    await mkdir(launch.dir, { recursive: true, mode: 0o700 })
    const refusedFile = join(launch.dir, 'refused.json')
    const before = [readState(launch.dir).failed, await readRefused(refusedFile)].find(
      other => other?.version === version && other.configVersion === configVersion,
    )
    if (before !== undefined) return say({ version, reason: before.reason })
    say(undefined)
    try {
      if (software !== undefined) await prepare(software, launch.dir, signal)
    } catch (error) {
      // Kept over a restart, which would fetch it all again.
      const refusal = { version, configVersion, reason: errorText(error) }
      if (isRefusal(error)) await replaceFile(refusedFile, `${JSON.stringify(refusal)}\n`)
      throw error
    }
    if (signal.aborted) return
    const request: SoftwareRequest = { version, configVersion }
    await replaceFile(requestFile(launch.dir), `${JSON.stringify(request)}\n`)
    log.info({ gateway, running, version }, 'ending, so that other software starts')
    launch.endProcess()
  }

  /** Resolves when the version's folder is there, whole. */
  const prepare = async (software: GatewaySoftware, dir: string, signal: AbortSignal): Promise<void> => {
    const { version, sha256 } = software
    const sumFile = join(dir, version, '.sha256')
    if ((await textOf(sumFile)) === sha256) return
    const file = join(dir, 'package.part')
    const nameFile = join(dir, 'package.sha256')
    if ((await textOf(nameFile)) !== sha256) {
      await rm(file, { force: true })
      await writeFile(nameFile, sha256)
    }
    for (let tries = 1; ; tries += 1) {
      try {
        await fetchPackage(software, { file, ca: deps.ca(), signal })
        break
      } catch (error) {
        if (isRefusal(error) || signal.aborted || tries === MAX_TRIES) throw error
        const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)) * (0.5 + deps.random() / 2)
        log.warn({ gateway, version, error: errorText(error), tries, pauseMs }, 'fetching software failed')
        await wait(pauseMs, undefined, { signal })
      }
    }
    try {
      await unpack({ file, dir, version })
      await writeFile(sumFile, sha256)
    } finally {
      await rm(file, { force: true })
    }
  }

  const proven = async ({ dir, as }: Launch): Promise<void> => {
    try {
      await writeFile(provenFile(dir, as), '')
      log.info({ gateway, running }, 'the software has proven itself')
    } catch (error) {
      // The next acknowledgement tries again.
      unproven = true
      log.error({ gateway, error: errorText(error) }, 'it cannot be written that the software has proven itself')
    }
  }

  return {
    want: config => {
      if (config.version === wanted) return
      wanted = config.version
      fetching.abort()
      fetching = new AbortController()
      const { signal } = fetching
      work = work.then(async () => {
        if (signal.aborted) return
        try {
          await bring(config, signal)
        } catch (error) {
          if (!signal.aborted) say({ version: config.software?.version ?? BOX_SOFTWARE, reason: errorText(error) })
        }
      })
    },
    acknowledged: () => {
      if (!unproven || launch === undefined) return
      unproven = false
      work = Promise.all([work, proven(launch)]).then(() => undefined)
    },
    linkUp: () => {
      if (unproven) deps.probe()
    },
    status: () => (problem === undefined ? {} : { softwareProblem: problem }),
    start: () => {
      if (unproven) timer = setInterval(() => unproven && deps.probe(), PROBE_MS)
    },
    stop: async () => {
      clearInterval(timer)
      fetching.abort()
      await work
    },
  }
}

async function readRefused(file: string): Promise<z.infer<typeof refusedSchema> | undefined> {
  const text = await textOf(file)
  if (text === undefined) return undefined
  try {
    return refusedSchema.parse(JSON.parse(text))
  } catch {
    return undefined // spoilt: it is tried once more
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return undefined // not there, or not to be read: as if it were not
  }
}
