import { join } from 'node:path'
import type { Logger } from 'pino'
import type { ServerSettings } from './config.ts'
import type { Metrics } from './metrics/metrics.ts'
import { readSecret } from './registry/secret-file.ts'
import { createDuckdbStore } from './telemetry/duckdb-store.ts'
import { INFLUX_DEFAULTS, createInfluxStore } from './telemetry/influx-store.ts'
import type { TelemetryStore } from './telemetry/telemetry-store.ts'

/**
 * DuckDB's share of the machine (chosen: two threads, for the server has as many to itself on the smallest machine it is
 * meant for; 512 MB holds the sorting of a month of one station's readings many times over).
 */
const EMBEDDED = { memoryLimitMb: 512, threads: 2 }

/**
 * The store that the settings ask for: InfluxDB when its address is given, otherwise a file in the data folder.
 *
 * @throws RegistryError SECRET_MISSING when neither the environment nor the secrets have InfluxDB's token.
 */
export async function telemetryOf(
  { influx, dataDir, secretsDir, telemetryDays }: ServerSettings,
  deps: { clock: () => number; random: () => number; log: Logger; metrics: Metrics },
): Promise<TelemetryStore> {
  if (influx !== undefined) {
    const token = influx.token ?? (await readSecret(secretsDir, 'influx-token', 'npm run influx:setup'))
    const refusedFile = join(dataDir, 'influx-refused.lp')
    return createInfluxStore({ ...INFLUX_DEFAULTS, ...influx, token, keptDays: telemetryDays, refusedFile }, deps)
  }
  return createDuckdbStore({ file: join(dataDir, 'telemetry.duckdb'), ...EMBEDDED }, { log: deps.log })
}
