import {
  type StationDetail,
  districtSchema,
  idSchema,
  stationDetailSchema,
  stationPageSchema,
  type StationView,
} from '@harbor/protocol'
import { z } from 'zod'
import type { RedApi } from './node-red-api.ts'
import { field, parseInput } from './parse-input.ts'
import type { ServerConnection } from './server-connection.ts'
import { registerServerNode } from './server-node.ts'

/** Pages of 500 that one list may take: beyond a city's stations several times over. */
const MAX_PAGES = 40

const settings = {
  mode: z.enum(['one', 'list']).default('one'),
  station: field(idSchema),
  district: field(districtSchema),
}
const configSchema = z.object(settings)
const messageSchema = z.object({ station: idSchema.optional(), district: districtSchema.optional() })

/** A plug that switches something, and how it stood last. */
export interface RelayView {
  device: string
  appliance: string
  kind: StationDetail['appliances'][number]['kind']
  isOn: boolean
  at: string
}

/** What can be switched at a station: the plugs of its appliances that say how they stand. */
export function relaysOf({ readings, appliances }: Pick<StationDetail, 'readings' | 'appliances'>): RelayView[] {
  return readings.flatMap(({ metric, device, appliance, value, at }) => {
    const kind = appliances.find(({ id }) => id === appliance)?.kind
    if (metric !== 'relay' || appliance === undefined || kind === undefined) return []
    return [{ device, appliance, kind, isOn: value === 1, at }]
  })
}

/** One station with its newest values, or all of a district. */
export function registerHarborStation(RED: RedApi): void {
  registerServerNode(RED, 'harbor-station', ({ config, connection }) => {
    const set = parseInput(configSchema, config)
    return {
      async onInput(message, send) {
        const said = parseInput(messageSchema, message)
        if (set.mode === 'list') {
          send({ ...message, payload: await listStations(connection, said.district ?? set.district) })
          return
        }
        const station = parseInput(z.object({ station: idSchema }), { station: said.station ?? set.station }).station
        const detail = await connection.ask({
          method: 'GET',
          path: `/api/v1/stations/${station}`,
          answer: stationDetailSchema,
        })
        send({ ...message, payload: detail, relays: relaysOf(detail) })
      },
    }
  })
}

async function listStations({ ask }: ServerConnection, district: string | undefined): Promise<StationView[]> {
  const stations: StationView[] = []
  let after: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = new URLSearchParams({ ...(district && { district }), ...(after && { after }) })
    const answer = await ask({ method: 'GET', path: `/api/v1/stations?${query}`, answer: stationPageSchema })
    stations.push(...answer.stations)
    after = answer.next
    if (after === undefined) break
  }
  return stations
}
