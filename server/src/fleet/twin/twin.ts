import {
  type Adoption,
  type Person,
  type StationDetail,
  TWIN_STATES,
  type TagList,
  type TwinPage,
  type TwinQuery,
  type TwinRow,
  type TwinView,
} from '@harbor/protocol'
import { ApiProblem } from '../../errors.ts'
import type { GatewayStatuses } from '../../ingest/gateway-statuses.ts'
import { maySeeStation } from '../../people/scope.ts'
import type { LiveDirectory } from '../../registry/directory.ts'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { recordFleetAct } from '../audit/record-fleet-act.ts'
import type { ConfigBook } from '../config-book.ts'
import type { GatewayConfigs } from '../gateway-configs.ts'
import { proposalFor } from './strangers.ts'
import { readBases } from './twin-base.ts'
import { type TwinBase, type TwinWord, missingDevices, signatureOf, twinRow } from './twin-row.ts'

/** What each gateway is to be, against what it says it is. */
export interface Twin {
  /** Reads the registry's side of all gateways. */
  start: () => Promise<void>
  /** The registry's side of a gateway is another. */
  refresh: (gateway: string) => Promise<void>
  /** A gateway said something of itself. */
  heard: (gateway: string) => void
  page: (person: Person, query: TwinQuery) => Promise<TwinPage>
  /** @throws ApiProblem `not_found`, also for a gateway that is not within the person's districts. */
  view: (person: Person, gateway: string) => Promise<TwinView>
  tags: (person: Person) => TagList
  setTags: (person: Person, gateway: string, tags: readonly string[]) => Promise<TwinView>
  /** @throws ApiProblem `not_found` also where nobody heard such a device, `conflict`, `invalid_request` */
  adopt: (person: Person, gateway: string, wanted: Adoption) => Promise<TwinView>
}

export interface TwinDeps {
  db: RegistryDb
  directory: Pick<LiveDirectory, 'stations'>
  statuses: Pick<GatewayStatuses, 'newest' | 'lastOnline'>
  book: Pick<ConfigBook, 'latest' | 'settings'>
  configs: Pick<GatewayConfigs, 'issueConfig' | 'applyProfile'>
  /** The newest values of a station's devices. */
  readingsOf: (station: string) => StationDetail['readings']
  /** A gateway's row is another than before, in more than its counters. */
  onChanged: (gateway: string, at: { station: string; district: string }) => void
  nowMs: () => number
}

export function createTwin(deps: TwinDeps): Twin {
  const { db, directory, statuses, book, configs, nowMs } = deps
  /** By id, in the order of ids. Bounded by the registry. */
  let bases = new Map<string, TwinBase>()
  const signatures = new Map<string, string>()

  const wordOf = (gateway: string): TwinWord => {
    const heard = statuses.newest(gateway)
    return {
      online: heard?.status.online ?? false,
      heardAtMs: heard?.receivedAtMs,
      status: statuses.lastOnline(gateway)?.status,
    }
  }

  const notice = (gateway: string): void => {
    const base = bases.get(gateway)
    if (base === undefined) return
    const signature = signatureOf(twinRow(base, wordOf(gateway)))
    if (signatures.get(gateway) === signature) return
    signatures.set(gateway, signature)
    deps.onChanged(gateway, base)
  }

  const refresh = async (gateway: string): Promise<void> => {
    const [base] = await readBases(db, gateway)
    if (base === undefined) return
    const isNew = !bases.has(gateway)
    bases.set(gateway, base)
    if (isNew) bases = new Map([...bases].sort(([a], [b]) => (a < b ? -1 : 1)))
    notice(gateway)
  }

  const maySee = (person: Person, { station, district }: TwinBase): boolean => {
    const place = directory.stations.get(station)?.record
    return maySeeStation(person, { district, street: place?.street })
  }

  const seen = (person: Person, gateway: string): TwinBase => {
    const base = bases.get(gateway)
    if (base !== undefined && maySee(person, base)) return base
    throw new ApiProblem('not_found', `there is no gateway ${gateway} in your districts`)
  }

  const named = (base: TwinBase): TwinRow => {
    const { nameZh = base.station, nameEn = base.station } = directory.stations.get(base.station)?.record ?? {}
    return { ...twinRow(base, wordOf(base.gateway)), stationNameZh: nameZh, stationNameEn: nameEn }
  }

  const fits = (row: TwinRow, { region, ...query }: TwinQuery): boolean => {
    const street = directory.stations.get(row.station)?.record.street
    if (region !== undefined && region !== row.district && region !== street) return false
    if (query.state !== undefined && row.state !== query.state) return false
    if (query.problem !== undefined && !row.problems.includes(query.problem)) return false
    if (query.profile !== undefined && row.profile?.profile !== query.profile) return false
    if (query.profileVersion !== undefined && row.profile?.version !== query.profileVersion) return false
    if (query.software !== undefined && row.software !== query.software) return false
    if (query.tag !== undefined && !row.tags.includes(query.tag)) return false
    if (query.text === undefined || query.text === '') return true
    const wanted = query.text.toLowerCase()
    return [row.gateway, row.station, row.stationNameZh, row.stationNameEn].some(text =>
      text.toLowerCase().includes(wanted),
    )
  }

  const view = async (person: Person, gateway: string): Promise<TwinView> => {
    const base = seen(person, gateway)
    const latest = await book.latest(gateway)
    const { settings } = { settings: latest?.document ?? (await book.settings(db, gateway)) }
    const held = await heldBy([gateway])
    const claimed = await db
      .selectFrom('claim_token')
      .select(({ fn }) => fn.max('used_at_ms').as('at_ms'))
      .where('used_gateway', '=', gateway)
      .executeTakeFirst()
    const word = wordOf(gateway)
    const missing = missingDevices(base.desired?.devices ?? [], word.status)
    const readings = deps.readingsOf(base.station)
    const site = {
      station: base.station,
      appliances: directory.stations.get(base.station)?.appliances ?? [],
      devices: settings.devices,
    }
    return {
      ...named(base),
      ...(held.get(gateway) !== undefined && { rollout: held.get(gateway) }),
      ...(base.desired !== undefined && { desiredSha256: base.desired.sha256 }),
      ...(word.status?.configSha256 !== undefined && { reportedSha256: word.status.configSha256 }),
      ...(latest !== undefined && { desiredAt: isoTime(latest.issuedAtMs), desiredBy: latest.issuedBy }),
      ...(typeof claimed?.at_ms === 'number' && { claimedAt: isoTime(claimed.at_ms) }),
      ...(word.status !== undefined && { status: word.status }),
      deviceList: settings.devices.map(({ id, vendor, address, appliance }) => {
        const [heardAt] = readings
          .filter(({ device }) => device === id)
          .map(({ at }) => at)
          .sort((a, b) => b.localeCompare(a))
        return {
          device: id,
          vendor,
          address,
          ...(appliance !== undefined && { appliance }),
          ...(heardAt !== undefined && { heardAt }),
          isMissing: missing.has(id),
        }
      }),
      strangers: (word.status?.discovered ?? []).map(found => ({ ...found, proposal: proposalFor(found, site) })),
    }
  }

  const heldBy = async (gateways: readonly string[]): Promise<Map<string, string>> => {
    if (gateways.length === 0) return new Map()
    const rows = await db
      .selectFrom('rollout_gateway')
      .select(['gateway', 'rollout'])
      .where('held', '=', 1)
      .where('gateway', 'in', gateways)
      .execute()
    return new Map(rows.map(({ gateway, rollout }) => [gateway, rollout]))
  }

  return {
    view,
    refresh,
    heard: notice,
    start: async () => {
      bases = new Map((await readBases(db)).map(base => [base.gateway, base]))
    },

    page: async (person, query) => {
      const states = Object.fromEntries(TWIN_STATES.map(state => [state, 0])) as TwinPage['states']
      const rows: TwinRow[] = []
      let total = 0
      for (const base of bases.values()) {
        if (!maySee(person, base)) continue
        const row = named(base)
        if (!fits(row, query)) continue
        total += 1
        states[row.state] += 1
        const isAfter = query.after === undefined || row.gateway > query.after
        if (isAfter && rows.length <= query.limit) rows.push(row)
      }
      const page = rows.slice(0, query.limit)
      const held = await heldBy(page.map(({ gateway }) => gateway))
      const last = page.at(-1)
      return {
        at: isoTime(nowMs()),
        total,
        states,
        gateways: page.map(row => {
          const rollout = held.get(row.gateway)
          return rollout === undefined ? row : { ...row, rollout }
        }),
        ...(rows.length > query.limit && last !== undefined && { next: last.gateway }),
      }
    },

    tags: person => {
      const counts = new Map<string, number>()
      for (const base of bases.values())
        if (maySee(person, base)) for (const tag of base.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
      const tags = [...counts].map(([tag, gateways]) => ({ tag, gateways }))
      return { tags: tags.sort((a, b) => (a.tag < b.tag ? -1 : 1)) }
    },

    setTags: async (person, gateway, wanted) => {
      seen(person, gateway)
      const tags = [...new Set(wanted)].sort()
      await db.transaction().execute(async tx => {
        await tx.deleteFrom('gateway_tag').where('gateway', '=', gateway).execute()
        if (tags.length > 0)
          await tx
            .insertInto('gateway_tag')
            .values(tags.map(tag => ({ gateway, tag })))
            .execute()
        const detail = { tags: tags.join(' ') }
        await recordFleetAct(tx, { act: 'gateway-tagged', atMs: nowMs(), by: person.login, gateway, detail })
      })
      await refresh(gateway)
      return view(person, gateway)
    },

    adopt: async (person, gateway, wanted) => {
      const { vendor, address } = wanted
      const { strangers } = await view(person, gateway)
      const found = strangers.find(stranger => stranger.vendor === vendor && stranger.address === address)
      const latest = await book.latest(gateway)
      const settings = await book.settings(db, gateway)
      const device = wanted.device ?? found?.proposal.device
      if (settings.devices.some(other => other.vendor === vendor && other.address === address))
        throw new ApiProblem('conflict', `${gateway} has ${vendor} "${address}" in its config already`)
      if (found === undefined || device === undefined)
        throw new ApiProblem('not_found', `${gateway} has not heard a device ${vendor} "${address}"`)
      if (settings.devices.some(({ id }) => id === device))
        throw new ApiProblem('conflict', `${gateway} has a device ${device} in its config already`)
      const appliance = wanted.appliance === undefined ? found.proposal.appliance : (wanted.appliance ?? undefined)
      const added = { id: device, vendor, address, ...(appliance !== undefined && { appliance }) }
      if (latest?.source === undefined)
        await configs.issueConfig(person, gateway, { settings: { ...settings, devices: [...settings.devices, added] } })
      else {
        const { profile, version, overrides } = latest.source
        const extraDevices = [...(overrides.extraDevices ?? []), added]
        const use = { profile, version, overrides: { ...overrides, extraDevices } }
        await configs.applyProfile(person, gateway, { use })
      }
      const detail = { device, vendor, address, appliance }
      await db
        .transaction()
        .execute(tx => recordFleetAct(tx, { act: 'device-adopted', atMs: nowMs(), by: person.login, gateway, detail }))
      return view(person, gateway)
    },
  }
}

const isoTime = (ms: number): string => new Date(ms).toISOString()
