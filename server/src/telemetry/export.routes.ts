import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '@harbor/protocol'
import type { Logger } from 'pino'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { governsAll, maySeeStation } from '../people/scope.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { TelemetryStore } from './telemetry-store.ts'

/** As IANA registers it. */
const PARQUET = 'application/vnd.apache.parquet'

export interface ExportRoutesDeps {
  /** Where a file is until it was sent; what is in it when the server starts is deleted. */
  exportsDir: string
  store: Pick<TelemetryStore, 'exportTo'>
  directory: Pick<LiveDirectory, 'stations'>
  newId: () => string
  log: Logger
}

/** Readings as a file, for those who analyse them elsewhere. */
export async function exportRoutes({ exportsDir, store, directory, newId, log }: ExportRoutesDeps): Promise<Route[]> {
  await rm(exportsDir, { recursive: true, force: true })
  let isBusy = false
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/telemetry/export',
      summary:
        'Readings of a span as a Parquet file, or their sums by quarter of an hour or hour; of the stations that the asker looks after. One at a time.',
      allow: ['administrator'],
      query: z.object({
        from: z.iso.datetime({ offset: true }),
        to: z.iso.datetime({ offset: true }).meta({ description: 'Not part of it.' }),
        level: z.enum(['raw', 'quarter', 'hour']).default('raw'),
      }),
      response: z.string(),
      textType: PARQUET,
      handle: async ({ query: { from, to, level }, caller }) => {
        const person = signedIn(caller)
        const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
        if (fromMs >= toMs) throw new ApiProblem('invalid_request', 'from: expected a time before `to`')
        if (isBusy)
          throw new ApiProblem('unavailable', 'another export is being made; try again in a minute', {
            retryAfterS: 60,
          })
        isBusy = true
        const path = join(exportsDir, `${newId()}.parquet`)
        try {
          await mkdir(exportsDir, { recursive: true })
          const within = governsAll(person, { districts: [] })
            ? undefined
            : [...directory.stations.values()]
                .filter(({ record }) => maySeeStation(person, record))
                .flatMap(({ devices }) => devices.map(({ id }) => id))
          const made = await store.exportTo({
            fromMs,
            toMs,
            level,
            file: path,
            ...(within !== undefined && { devices: within }),
          })
          log.info({ audit: 'telemetry exported', by: person.login, from, to, level, ...made }, 'telemetry exported')
          const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
          return { madeFile: { path, name: `telemetry-${level}-${day(fromMs)}-${day(toMs - 1)}.parquet` } }
        } catch (cause) {
          await rm(path, { force: true })
          if (hasCode(cause, 'TELEMETRY_STORE_UNAVAILABLE') || hasCode(cause, 'TELEMETRY_BUSY'))
            throw new ApiProblem('unavailable', 'the readings cannot be written to a file right now; try again', {
              cause,
            })
          throw cause
        } finally {
          isBusy = false
        }
      },
    }),
  ]
}
