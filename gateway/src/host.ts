import { gatewayError } from './errors.ts'
import { type Gateway, type GatewayDeps, createGateway } from './gateway.ts'
import { loadGateways } from './load-gateways.ts'
import type { Launch } from './software/software.ts'

export interface HostOptions {
  gatewayDir: string
  host: string
  lanPort: number
  mqttUrl: string
  configTrialMs: number
  outboxBytes: number
  backlogReadingsPerS: number
  version: string
  /** Where Linux shows what feeds the box; for the gateway of a box of its own alone: several on one machine are no stations. */
  powerDir?: string | undefined
  /** The launcher that started this process, if one did; for the gateway of a box of its own alone. */
  launch?: Launch | undefined
}

/** The gateways of one process. They share nothing that changes. */
export interface Host {
  /** All or none: one that cannot start stops those that did. Resolves with each gateway's id and LAN address. */
  start: () => Promise<{ name: string; url: string }[]>
  /** Throws when one of them cannot keep readings. */
  check: () => void
  stop: () => Promise<void>
}

export function createHost(options: HostOptions, deps: GatewayDeps): Host {
  const running: Gateway[] = []
  const stop = async () => {
    const results = await Promise.allSettled(running.map(gateway => gateway.stop()))
    const failed = results.find(result => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
  return {
    start: async () => {
      const loaded = await loadGateways(options.gatewayDir)
      if (loaded.length > 1 && options.lanPort !== 0) {
        throw gatewayError(
          'GATEWAY_PORT_SHARED',
          `GATEWAY_LAN_PORT is ${options.lanPort}, but ${options.gatewayDir} holds ${loaded.length} gateways; expected 0, a free port for each`,
        )
      }
      const listeners: { name: string; url: string }[] = []
      try {
        for (const { secret, folder, ...stored } of loaded) {
          const { mqttUrl, configTrialMs, outboxBytes, backlogReadingsPerS, version } = options
          const lan = { host: options.host, port: options.lanPort }
          const gateway = createGateway(
            {
              stored,
              secret,
              folder,
              lan,
              mqttUrl,
              configTrialMs,
              outboxBytes,
              backlogReadingsPerS,
              version,
              powerDir: loaded.length === 1 ? options.powerDir : undefined,
              launch: loaded.length === 1 ? options.launch : undefined,
            },
            deps,
          )
          running.push(gateway)
          listeners.push({ name: stored.config.gateway, url: await gateway.start() })
        }
      } catch (error) {
        await stop()
        throw error
      }
      return listeners
    },
    check: () => {
      for (const gateway of running) gateway.check()
    },
    stop,
  }
}
