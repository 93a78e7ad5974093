import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GatewayConfig, GatewayStatus } from '@harbor/protocol'
import { createIntake } from './intake/intake.ts'
import { createLanListener } from './lan/listener.ts'
import type { Clock, Log, Random, Stopwatch } from './log.ts'
import { openOutbox } from './outbox/outbox.ts'
import { createStatusTeller, lastWill } from './uplink/status.ts'
import { createUplink } from './uplink/uplink.ts'

/** One gateway's own: its config document, secret and folder. */
export interface GatewayOptions {
  config: GatewayConfig
  secret: string
  /** Holds outbox.sqlite and lan.json. */
  folder: string
  lan: { host: string; port: number }
  mqttUrl: string
  outboxReadings: number
  backlogReadingsPerS: number
  version: string
}

export interface GatewayDeps {
  clock: Clock
  stopwatch: Stopwatch
  random: Random
  log: Log
}

/** A station's gateway: devices' messages in, packs of readings out. */
export interface Gateway {
  /** Opens the outbox, listens on the LAN (resolving with its URL), and begins to connect; the uplink may come later. */
  start: () => Promise<string>
  /** Keeps what was accepted, says goodbye, releases everything. May be called twice. */
  stop: () => Promise<void>
}

export function createGateway(options: GatewayOptions, deps: GatewayDeps): Gateway {
  let stopping: Promise<void> | undefined
  let release: () => Promise<void> = () => Promise.resolve()

  const start = async (): Promise<string> => {
    const { config, folder } = options
    const { clock, stopwatch, random, log } = deps
    const boot = bootId(clock(), random)
    const startedAtMs = stopwatch()
    const lanFile = join(folder, 'lan.json')
    // An address of an earlier run, perhaps someone else's by now.
    await rm(lanFile, { force: true })
    const outbox = openOutbox(join(folder, 'outbox.sqlite'), options.outboxReadings)

    const status = (): GatewayStatus => {
      const nowMs = clock()
      return {
        online: true,
        atMs: nowMs,
        version: options.version,
        boot,
        uptimeMs: Math.round(stopwatch() - startedAtMs),
        outbox: {
          depth: outbox.depth(),
          oldestMs: Math.max(0, nowMs - (outbox.oldestAtMs() ?? nowMs)),
          dropped: outbox.dropped(),
        },
        configVersion: config.version,
        rejected: intake.counts(),
        unconfigured: [...intake.unconfigured()],
      }
    }
    const teller = createStatusTeller(status, payload => uplink.publishStatus(payload))
    const uplink = createUplink(
      {
        url: options.mqttUrl,
        secret: options.secret,
        address: { district: config.district, gateway: config.gateway },
        boot,
        backlogReadingsPerS: options.backlogReadingsPerS,
        will: lastWill(),
      },
      { outbox, stopwatch, random, log, onUp: teller.start, onAcked: () => undefined, hearings: [] },
    )
    const intake = createIntake(config, { outbox, clock, log, onCommitted: uplink.notify, onNoted: teller.changed })
    const lan = createLanListener(options.lan, {
      accept: intake.accept,
      open: intake.open,
      close: intake.close,
      onOversized: intake.refuseOversized,
    })

    release = async () => {
      await lan.stop()
      intake.stop()
      teller.stop()
      uplink.publishStatus(lastWill())
      await uplink.stop()
      outbox.close()
    }
    try {
      const url = await lan.start()
      await writeFile(lanFile, `${JSON.stringify({ url })}\n`)
      uplink.start()
      log.info({ gateway: config.gateway, url, backlog: outbox.depth(), boot }, 'gateway started')
      return url
    } catch (error) {
      await release()
      throw error
    }
  }

  return {
    start,
    stop: () => (stopping ??= release()),
  }
}

/** Names a run: unlike that of any other run of this gateway, also when its clock is wrong. */
function bootId(nowMs: number, random: Random): string {
  return `${Math.max(0, nowMs).toString(36)}-${Math.floor(random() * 2 ** 40).toString(36)}`
}
