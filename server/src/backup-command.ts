import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startProblem } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { FOLDERS, backUp } from './backup/backup.ts'
import { restore } from './backup/restore.ts'
import { readSettings } from './config.ts'
import { BackupError } from './errors.ts'
import { registryPlaceOf } from './registry/registry-place.ts'

const TELEMETRY = {
  duckdb: 'the readings (telemetry.duckdb)',
  absent: 'no readings: there were none',
  'left out': 'NOT the readings: --without-telemetry',
  elsewhere: 'NOT the readings: they are in InfluxDB, save them with influx backup',
} as const

const [act] = process.argv.slice(2)
try {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: {
      to: { type: 'string' },
      from: { type: 'string' },
      'without-telemetry': { type: 'boolean', default: false },
    },
  })
  const folder = act === 'backup' ? values.to : values.from
  if (folder === undefined)
    throw new BackupError(
      'BACKUP_TARGET',
      `name the folder: npm run ${act} -- --${act === 'backup' ? 'to' : 'from'} FOLDER`,
    )
  const settings = readSettings(process.env, join(import.meta.dirname, '..'))
  const log = pino({ level: settings.logLevel, name: 'backup' }, destination({ fd: 2, sync: true }))
  const registry = await registryPlaceOf(settings, log)
  const { dataDir } = settings
  const manifest =
    act === 'backup'
      ? await backUp({
          to: resolve(folder),
          dataDir,
          registry,
          isTelemetryElsewhere: settings.influx !== undefined,
          isWithoutTelemetry: values['without-telemetry'],
          nowMs: Date.now(),
        })
      : await restore({ from: resolve(folder), dataDir, registry })
  const bytes = manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  console.log(
    `${act === 'backup' ? 'saved in' : 'restored from'} ${resolve(folder)}, begun ${manifest.madeAt}: ${manifest.files.length} files, ${bytes} bytes`,
  )
  console.log(
    `in it: the registry (${manifest.registry.kind}), ${TELEMETRY[manifest.telemetry]}, ${FOLDERS.join(', ')}`,
  )
  console.log(`not in it: the secrets (${settings.secretsDir}), the folders of broker, Node-RED and gateways, logs`)
} catch (error) {
  process.stderr.write(`${act}: ${startProblem(error)}\n`)
  process.exit(1)
}
