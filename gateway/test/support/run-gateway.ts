import type { GatewayConfig } from '@harbor/protocol'
import { createGateway } from '../../src/gateway.ts'
import { readStoredConfig } from '../../src/config/config-files.ts'
import { SECRET, writeGatewayFolder } from './devices.ts'

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A gateway in this process, as `main.ts` makes it. */
export interface RunningGateway {
  /** Of its LAN listener. */
  url: string
  folder: string
  stop: () => Promise<void>
}

export async function runGateway(
  dir: string,
  { config, mqttUrl }: { config: GatewayConfig; mqttUrl: string },
): Promise<RunningGateway> {
  const folder = await writeGatewayFolder(dir, config)
  const gateway = createGateway(
    {
      stored: await readStoredConfig(folder),
      secret: SECRET,
      folder,
      lan: { host: '127.0.0.1', port: 0 },
      mqttUrl,
      configTrialMs: 60_000,
      outboxBytes: 16 * 2 ** 20,
      backlogReadingsPerS: 2_000,
      version: 'test',
    },
    { clock: Date.now, stopwatch: () => performance.now(), random: Math.random, log: SILENT },
  )
  return { url: await gateway.start(), folder, stop: gateway.stop }
}
