import { createHash, randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GatewayConfig, type GatewayStatus, configContent, filters, topics } from '@harbor/protocol'
import { cardKeyFile } from './cards/card-key.ts'
import { createCards } from './cards/cards.ts'
import type { StoredConfig } from './config/config-files.ts'
import { createConfigKeeper } from './config/config-keeper.ts'
import { createReplaceable } from './config/replaceable.ts'
import { openControl } from './control/control.ts'
import { createMachineTime } from './clock/machine-time.ts'
import { createStationClock } from './clock/station-clock.ts'
import { createHealth } from './health/health.ts'
import { outboxStatus } from './health/outbox-status.ts'
import { readPowerSource } from './health/power-source.ts'
import { createIntake } from './intake/intake.ts'
import { createLanListener } from './lan/listener.ts'
import type { Clock, Log, Random, Stopwatch } from './log.ts'
import { openOutbox } from './outbox/open-outbox.ts'
import { type Launch, createSoftware } from './software/software.ts'
import { readLineTrust } from './uplink/line-trust.ts'
import { createStatusTeller, lastWill } from './uplink/status.ts'
import { createUplink } from './uplink/uplink.ts'

/** One gateway's own: its config document, secret and folder. */
export interface GatewayOptions {
  /** The config, and what its folder says of others. */
  stored: StoredConfig
  /** Undefined: a certificate is in its place. */
  secret: string | undefined
  /** Holds outbox.sqlite and lan.json. */
  folder: string
  /** Where devices connect, unless the config names another port. */
  lan: { host: string; port: number }
  /** Where the broker is, unless the config says. */
  mqttUrl: string
  /** How long a config from afar has to prove itself, in ms. */
  configTrialMs: number
  outboxBytes: number
  backlogReadingsPerS: number
  version: string
  /** Where Linux shows what feeds the box, if that is to be told; see readPowerSource. */
  powerDir?: string | undefined
  /** The launcher that started this process; undefined: none did, and it takes no other software. */
  launch?: Launch | undefined
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
  /** Proves by a write that readings can be kept. Throws the disk's error when they cannot. */
  check: () => void
  /** Keeps what was accepted, says goodbye, releases everything. May be called twice. */
  stop: () => Promise<void>
}

export function createGateway(options: GatewayOptions, deps: GatewayDeps): Gateway {
  let stopping: Promise<void> | undefined
  let release: () => Promise<void> = () => Promise.resolve()
  let check = () => undefined as void

  const start = async (): Promise<string> => {
    const { folder, stored } = options
    let { config } = stored
    const { clock, stopwatch, random, log } = deps
    const startedAtMs = stopwatch()
    let boot: string | undefined
    const lanFile = join(folder, 'lan.json')
    // An address of an earlier run, perhaps someone else's by now.
    await rm(lanFile, { force: true })
    const outbox = openOutbox(join(folder, 'outbox.sqlite'), { maxBytes: options.outboxBytes }, deps)
    const newestMs = outbox.newestReadings().reduce((newest, { timeMs }) => Math.max(newest, timeMs), 0)
    const stationClock = createStationClock(createMachineTime(deps), newestMs)

    const status = (): GatewayStatus => {
      const { atMs = clock() } = stationClock.now()
      const power = options.powerDir === undefined ? undefined : readPowerSource(options.powerDir)
      return {
        online: true,
        atMs: Math.round(atMs),
        version: options.version,
        ...(boot !== undefined && { boot }),
        uptimeMs: Math.round(stopwatch() - startedAtMs),
        outbox: outboxStatus(outbox, { nowMs: atMs, problem: intake.problem() }),
        health: health.read(),
        configVersion: config.version,
        configSha256: configSha256(config),
        rejected: intake.counts(),
        unconfigured: [...intake.unconfigured()],
        ...(power !== undefined && { power }),
        ...control.status(),
        ...software.status(),
      }
    }
    const health = createHealth(folder, { stationClock, stopwatch, heard: () => intake.heard() })
    const teller = createStatusTeller(status, payload => uplink.current()?.publishStatus(payload))
    /** Another broker or district is another uplink: it offers again what the former one was not acknowledged. */
    const uplink = createReplaceable(async ({ url, district }: { url: string; district: string }) => {
      const address = { district, gateway: config.gateway }
      // Packs are numbered from 1 in it.
      boot = bootId(clock(), random)
      const { secret, backlogReadingsPerS } = options
      const opened = createUplink(
        { url, secret, trust: () => readLineTrust(folder), address, boot, backlogReadingsPerS, will: lastWill() },
        {
          outbox,
          stopwatch,
          random,
          log,
          onUp: () => {
            teller.start()
            control.linkUp()
            cards.linkUp()
            keeper.linkUp()
            // Whoever acknowledges says the time.
            if (stationClock.source() === 'none') opened.probe()
            software.linkUp()
          },
          onServerTime: serverAtMs => {
            stationClock.heardServer(serverAtMs)
            intake.clockChanged()
          },
          onAcked: () => {
            keeper.acknowledged()
            software.acknowledged()
          },
          hearings: [
            { filter: topics.configDesired(address), hear: keeper.take },
            { filter: filters.commands(address), hear: control.takeCommand },
          ],
        },
      )
      opened.start()
      return {
        ...opened,
        report: (payload: Uint8Array) => opened.publish(topics.configReported(address), payload, true),
        stop: async () => {
          teller.stop()
          opened.publishStatus(lastWill())
          await opened.stop()
        },
      }
    }, 'old-first')
    const software = createSoftware(
      {
        gateway: config.gateway,
        running: options.version,
        launch: options.launch,
      },
      {
        ca: () => readLineTrust(folder).ca,
        probe: () => uplink.current()?.probe(),
        onChanged: () => teller.changed(),
        random,
        log,
      },
    )
    const control = openControl(folder, config, {
      clock: () => stationClock.now().atMs ?? clock(),
      isClockTrusted: () => stationClock.now().atMs !== undefined,
      stopwatch,
      log,
      publishToDevices: (topic, payload) => lan.current()?.publish(topic, payload),
      publish: (topic, payload, onTaken) => uplink.current()?.publishUntilTaken(topic, payload, onTaken),
      onChanged: teller.changed,
    })
    const intake = createIntake(config, {
      outbox,
      clock,
      stationClock,
      log,
      onHeard: control.heard,
      onStranger: control.stranger,
      onCommitted: () => uplink.current()?.notify(),
      onNoted: teller.changed,
    })
    const cards = createCards(config, {
      file: cardKeyFile(folder),
      now: () => stationClock.now().atMs,
      newKey: () => randomBytes(32),
      publish: (topic, payload, onTaken) => uplink.current()?.publishUntilTaken(topic, payload, onTaken),
      onRefused: (topic, rejection) => intake.refuse('card reader', topic, rejection),
      log,
    })
    const lan = createReplaceable(async (where: { host: string; port: number }) => {
      const listener = createLanListener(where, {
        // A card's number goes no further than this: not to the decoders, the outbox, or the list of strangers.
        accept: (message, done) => {
          if (cards.take(message.topic, message.payload)) done()
          else intake.accept(message, done)
        },
        isPrivate: cards.isPrivate,
        open: intake.open,
        close: intake.close,
        onOversized: intake.refuseOversized,
      })
      const url = await listener.start()
      await writeFile(lanFile, `${JSON.stringify({ url })}\n`)
      return { ...listener, url }
    }, 'new-first')
    const keeper = createConfigKeeper(
      { folder, gateway: config.gateway, trialMs: options.configTrialMs, stored },
      {
        apply: async next => {
          // The one step that can fail comes first.
          await lan.use(lanOf(next))
          intake.reconfigure(next)
          control.reconfigure(next)
          cards.reconfigure(next)
          config = next
          await uplink.use(brokerOf(next))
          teller.changed()
        },
        holds: software.want,
        probe: () => uplink.current()?.probe(),
        report: payload => uplink.current()?.report(payload),
        clock,
        stopwatch,
        log,
      },
    )
    const lanOf = ({ lanPort }: GatewayConfig) => ({ ...options.lan, port: lanPort ?? options.lan.port })
    const brokerOf = ({ mqttUrl, district }: GatewayConfig) => ({ url: mqttUrl ?? options.mqttUrl, district })

    check = outbox.probe
    release = async () => {
      check = () => undefined
      await keeper.stop()
      await software.stop()
      await lan.stop()
      intake.stop()
      control.stop()
      await cards.stop()
      await uplink.stop()
      outbox.close()
    }
    try {
      await cards.start()
      await lan.use(lanOf(config))
      control.start()
      await uplink.use(brokerOf(config))
      software.start()
      await keeper.start()
      // What an earlier run held can be dated, if the clock is right.
      intake.clockChanged()
      const url = lan.current()?.url ?? ''
      log.info({ gateway: config.gateway, url, backlog: outbox.depth(), boot }, 'gateway started')
      return url
    } catch (error) {
      await release()
      throw error
    }
  }

  return {
    start,
    check: () => check(),
    stop: () => (stopping ??= release()),
  }
}

/** Names a run: unlike that of any other run of this gateway, also when its clock is wrong. */
function bootId(nowMs: number, random: Random): string {
  return `${Math.max(0, nowMs).toString(36)}-${Math.floor(random() * 2 ** 40).toString(36)}`
}

/** Tells whether the config at work is the one that was meant, beyond its version. */
function configSha256(config: GatewayConfig): string {
  return createHash('sha256').update(configContent(config)).digest('hex')
}
