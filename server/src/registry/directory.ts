import type { ApplianceRecord, DeviceRecord, GatewayAddress, RuleOverride } from '@harbor/protocol'
import type { RegistryDb } from './open-registry.ts'
import { type StationBook, type StationEntry, createStationBook, readStations } from './station-book.ts'

export type { StationEntry } from './station-book.ts'

/** A device with the station it watches. */
export interface DeviceEntry {
  record: DeviceRecord
  station: string
  /** Where its readings may come from. */
  address: GatewayAddress
}

/** The registry in memory, for what every reading asks. Bounded by the registry itself. */
export interface Directory {
  readonly stations: ReadonlyMap<string, StationEntry>
  readonly devices: ReadonlyMap<string, DeviceEntry>
  readonly appliances: ReadonlyMap<string, ApplianceRecord>
  readonly ruleOverrides: readonly RuleOverride[]
}

/** Read whole at the start, and again in parts after a change of them. */
export interface LiveDirectory extends Directory, Pick<StationBook, 'publicStations' | 'publicIds'> {
  /** Reads stations again, new ones too. Gives those that were read. */
  refreshStations: (ids: readonly string[]) => Promise<StationEntry[]>
  /** Grows when a station comes, goes, or is another than before. */
  stationRevision: () => number
  /** Reads a gateway's devices again: what it may send of changes with the return. Gives its station. */
  refreshGateway: (gateway: string) => Promise<string | undefined>
  /** Reads appliances again, new ones too. Gives the stations that they stand in, and those that they stood in. */
  refreshAppliances: (ids: readonly string[]) => Promise<string[]>
  /** Grows with each change of an appliance. */
  applianceRevision: () => number
  /** Reads the rules' overrides again. */
  refreshRuleOverrides: () => Promise<void>
}

/** Appliances asked for in one statement. */
const APPLIANCES_AT_ONCE = 500

/** Reads the whole fleet. Records that reference each other come out of one transaction and so fit together. */
export async function loadDirectory(db: RegistryDb): Promise<LiveDirectory> {
  return db.transaction().execute(async tx => {
    const applianceRows = await appliancesIn(tx).execute()
    const deviceRows = await devicesIn(tx).execute()
    const stationRows = await readStations(tx)

    const appliances = new Map<string, ApplianceRecord>()
    const appliancesAt = new Map<string, ApplianceRecord[]>()
    for (const row of applianceRows) {
      const record = applianceRecord(row)
      appliances.set(row.id, record)
      // What is out of service for good is known by its code, and shown to nobody.
      if (row.retired_on === null) pushTo(appliancesAt, row.station, record)
    }
    const devices = new Map<string, DeviceEntry>()
    const devicesAt = new Map<string, DeviceRecord[]>()
    for (const row of deviceRows) {
      const entry = deviceEntry(row)
      devices.set(row.id, entry)
      pushTo(devicesAt, row.station, entry.record)
    }
    const book = createStationBook(
      stationRows.map(entry => ({
        ...entry,
        appliances: appliancesAt.get(entry.record.id) ?? [],
        devices: devicesAt.get(entry.record.id) ?? [],
      })),
    )
    const { stations } = book
    const ruleOverrides = await overridesIn(tx)

    const refreshGateway = async (gateway: string) => {
      const place = await db.selectFrom('gateway').select('station').where('id', '=', gateway).executeTakeFirst()
      const rows = await devicesIn(db).where('device.gateway', '=', gateway).execute()
      const entries = rows.map(deviceEntry)
      const at = place && stations.get(place.station)
      // In one go, so that nobody sees a gateway without its devices.
      for (const { id, gateway: owner } of at?.devices ?? []) if (owner === gateway) devices.delete(id)
      for (const entry of entries) devices.set(entry.record.id, entry)
      if (at !== undefined) {
        const others = at.devices.filter(device => device.gateway !== gateway)
        const all = [...others, ...entries.map(({ record }) => record)]
        book.put({ ...at, devices: all.sort((a, b) => (a.id < b.id ? -1 : 1)) })
      }
      return place?.station
    }
    const refreshRuleOverrides = async () => {
      const now = await overridesIn(db)
      // The same list, for those who hold it.
      ruleOverrides.splice(0, ruleOverrides.length, ...now)
    }
    let revision = 0
    const refreshAppliances = async (ids: readonly string[]) => {
      const rows: ApplianceRow[] = []
      for (let from = 0; from < ids.length; from += APPLIANCES_AT_ONCE)
        rows.push(
          ...(await appliancesIn(db)
            .where('appliance.id', 'in', ids.slice(from, from + APPLIANCES_AT_ONCE))
            .execute()),
        )
      revision += 1
      const touched = new Map<string, ApplianceRecord[]>()
      const listOf = (station: string) => {
        const list = touched.get(station) ?? [...(stations.get(station)?.appliances ?? [])]
        touched.set(station, list)
        return list
      }
      for (const row of rows) {
        const before = appliances.get(row.id)
        if (before !== undefined) remove(listOf(before.station), row.id)
        const record = applianceRecord(row)
        appliances.set(row.id, record)
        const list = listOf(row.station)
        if (row.retired_on === null) list.push(record)
      }
      for (const [station, list] of touched) {
        const at = stations.get(station)
        if (at !== undefined) book.put({ ...at, appliances: list.sort((a, b) => (a.id < b.id ? -1 : 1)) })
      }
      return [...touched.keys()]
    }
    const refreshStations = async (ids: readonly string[]) => {
      const read = await readStations(db, ids)
      return read.map(entry => {
        const { appliances: within = [], devices: on = [] } = stations.get(entry.record.id) ?? {}
        const now: StationEntry = { ...entry, appliances: within, devices: on }
        book.put(now)
        return now
      })
    }
    return {
      stations,
      publicStations: book.publicStations,
      publicIds: book.publicIds,
      stationRevision: book.revision,
      refreshStations,
      devices,
      appliances,
      ruleOverrides,
      refreshGateway,
      refreshAppliances,
      refreshRuleOverrides,
      applianceRevision: () => revision,
    }
  })
}

function appliancesIn(db: RegistryDb) {
  return db
    .selectFrom('appliance')
    .leftJoin('asset', 'asset.appliance', 'appliance.id')
    .selectAll('appliance')
    .select('asset.retired_on')
    .orderBy('appliance.id')
}

type ApplianceRow = Awaited<ReturnType<ReturnType<typeof appliancesIn>['execute']>>[number]

function applianceRecord(row: ApplianceRow): ApplianceRecord {
  return {
    id: row.id,
    station: row.station,
    kind: row.kind,
    ...(row.model !== null && { model: row.model }),
    ...(row.asset_tag !== null && { assetTag: row.asset_tag }),
  }
}

function remove(list: ApplianceRecord[], id: string): void {
  const at = list.findIndex(record => record.id === id)
  if (at >= 0) list.splice(at, 1)
}

async function overridesIn(db: RegistryDb): Promise<RuleOverride[]> {
  const rows = await db.selectFrom('rule_override').selectAll().execute()
  // Of what a person and the fleet document say of one rule and appliance the person's word counts.
  const spoken = new Set(
    rows.filter(({ set_by: by }) => by !== null).map(({ rule, appliance }) => `${rule} ${appliance}`),
  )
  return rows
    .filter(({ rule, appliance, set_by: by }) => by !== null || appliance === '' || !spoken.has(`${rule} ${appliance}`))
    .map(({ rule, model, appliance, time_scale: timeScale, numbers }) => ({
      rule,
      timeScale,
      ...(model !== '' && { model }),
      ...(appliance !== '' && { appliance }),
      ...(numbers !== null && { numbers: JSON.parse(numbers) as Record<string, number> }),
    }))
}

function devicesIn(db: RegistryDb) {
  return db
    .selectFrom('device')
    .innerJoin('gateway', 'gateway.id', 'device.gateway')
    .select(['device.id', 'device.gateway', 'device.vendor', 'device.address', 'device.appliance'])
    .select(['gateway.station', 'gateway.district'])
    .orderBy('device.id')
}

type DeviceRow = Awaited<ReturnType<ReturnType<typeof devicesIn>['execute']>>[number]

function deviceEntry({ id, gateway, vendor, address, appliance, station, district }: DeviceRow): DeviceEntry {
  const record: DeviceRecord = { id, gateway, vendor, address, ...(appliance !== null && { appliance }) }
  return { record, station, address: { district, gateway } }
}

function pushTo<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
