import { join } from 'node:path'
import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { z } from 'zod'
import { readIfThere } from '../fleet/atomic-file.ts'

/** What a gateway writes once its LAN listener is up. */
const lanSchema = z.object({ url: z.url({ protocol: /^mqtt$/ }) })

/** How often each gateway's address is looked up: a gateway that restarts may come back on another port. */
const LOOK_EVERY_MS = 1_500

export interface LanAddresses {
  /** The address as read last; undefined while the gateway has none. */
  urlOf: (gateway: string) => string | undefined
  start: () => Promise<void>
  stop: () => void
}

/** Follows `lan.json` of each of `gateways` below `gatewayDir`; `onChange` names a gateway whose address changed. */
export function createLanAddresses(
  { gatewayDir, gateways }: { gatewayDir: string; gateways: readonly string[] },
  { log, onChange }: { log: Logger; onChange: (gateway: string) => void },
): LanAddresses {
  const urls = new Map<string, string>()
  const unreadable = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function look(gateway: string): Promise<void> {
    const url = await readUrl(gateway)
    if (url === urls.get(gateway)) return
    if (url === undefined) urls.delete(gateway)
    else urls.set(gateway, url)
    if (!stopped) onChange(gateway)
  }

  async function readUrl(gateway: string): Promise<string | undefined> {
    try {
      const text = await readIfThere(join(gatewayDir, gateway, 'lan.json'))
      const url = text === undefined ? undefined : lanSchema.parse(JSON.parse(text)).url
      unreadable.delete(gateway)
      return url
    } catch (error) {
      // Told once: a file that is being written is whole at the next look.
      if (!unreadable.has(gateway))
        log.warn({ gateway, error: errorText(error) }, 'lan.json of a gateway cannot be read')
      unreadable.add(gateway)
      return urls.get(gateway)
    }
  }

  async function lookAtAll(): Promise<void> {
    await Promise.all(gateways.map(look))
    if (!stopped) timer = setTimeout(() => void lookAtAll(), LOOK_EVERY_MS)
  }

  return {
    urlOf: gateway => urls.get(gateway),
    start: lookAtAll,
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
