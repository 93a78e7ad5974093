import type {
  ImportResult,
  Person,
  StockActRequest,
  StockBatchRequest,
  StockCheckRequest,
  StockHistory,
  StockItem,
  StockItemRequest,
  StockList,
} from '@harbor/protocol'
import { dayIn } from '../assets/asset-row.ts'
import { ApiProblem } from '../errors.ts'
import { maySeeStation, withinScope } from '../people/scope.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { expiryState } from './expiry.ts'
import { stockHistory } from './stock-history.ts'
import { importStock } from './stock-import.ts'
import { writeQuantity } from './stock-writes.ts'

const DAY_MS = 24 * 3_600_000
/** Items of one answer. */
const MAX_ITEMS = 1_000
/** Items of one station; chosen: a medicine box has twenty. */
const MAX_OF_A_STATION = 100
/** A phone's clock is believed so far into the past, and not into the future. */
const MAX_CHECK_AGE_MS = 31 * DAY_MS

export interface StockDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  /** IANA zone of the stations' calendar. */
  timeZone: string
  nowMs: () => number
  newId: () => string
}

export interface StockQuery {
  region?: string | undefined
  station?: string | undefined
}

/** What stations keep, limited to a person's scope; a foreign id answers like one that does not exist. */
export interface Stock {
  list: (person: Person, query: StockQuery) => Promise<StockList>
  addItem: (person: Person, station: string, request: StockItemRequest) => Promise<StockItem>
  addBatch: (person: Person, item: string, request: StockBatchRequest) => Promise<StockItem>
  /** @throws ApiProblem `conflict` when more is used than is there. */
  act: (person: Person, batch: string, request: StockActRequest) => Promise<StockItem>
  /** The month's count; the same key sent again changes nothing. @throws ApiProblem `conflict`. */
  check: (person: Person, station: string, request: StockCheckRequest) => Promise<void>
  history: (person: Person, item: string) => Promise<StockHistory>
  /** Takes a table over, all rows or none; `isDry`: only says what it would do. */
  importTable: (person: Person, bytes: Uint8Array, file: { type: string; isDry: boolean }) => Promise<ImportResult>
}

export function createStock({ db, directory, timeZone, nowMs, newId }: StockDeps): Stock {
  const placeOf = (person: Person, station: string) => {
    const record = directory.stations.get(station)?.record
    if (record === undefined || !maySeeStation(person, record))
      throw new ApiProblem('not_found', `there is no station ${station} in your districts`)
    return record
  }
  const own = (tx: RegistryDb, person: Person) =>
    tx
      .selectFrom('stock_item')
      .innerJoin('station', 'station.id', 'stock_item.station')
      .selectAll('stock_item')
      .select(['station.name_zh', 'station.name_en'])
      .where(withinScope(person, { district: 'stock_item.district', station: 'stock_item.station' }))
  const findItem = async (tx: RegistryDb, person: Person, id: string) => {
    const row = await own(tx, person).where('stock_item.id', '=', id).executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', `there is no item ${id} in your districts`)
    return row
  }
  type Row = Awaited<ReturnType<typeof findItem>>

  const viewsOf = async (rows: readonly Row[], station?: string): Promise<StockItem[]> => {
    const atMs = nowMs()
    const today = dayIn(timeZone, atMs)
    const ids = rows.map(({ id }) => id).concat('')
    const [batches, used] = await Promise.all([
      db
        .selectFrom('stock_batch')
        .selectAll()
        .where('item', 'in', ids)
        .where('quantity', '>', 0)
        .orderBy('expires_on', order => order.asc().nullsFirst())
        .execute(),
      db
        .selectFrom('stock_change')
        .select(['item', eb => eb.fn.sum<number>(eb('before', '-', eb.ref('after'))).as('used')])
        .where('item', 'in', ids)
        .where('act', '=', 'used')
        .where('at_ms', '>=', atMs - 30 * DAY_MS)
        .groupBy('item')
        .execute(),
    ])
    const batchesOf = Map.groupBy(batches, ({ item }) => item)
    const usedOf = new Map(used.map(row => [row.item, Number(row.used)]))
    return rows
      .filter(row => station === undefined || row.station === station)
      .map(row => {
        const shown = (batchesOf.get(row.id) ?? []).map(batch => ({
          id: batch.id,
          batch: batch.batch,
          quantity: batch.quantity,
          ...(batch.expires_on !== null && { expiresOn: batch.expires_on }),
          expiry: expiryState(batch.expires_on, today),
        }))
        // What never expires comes last.
        shown.sort((a, b) => (a.expiresOn ?? '9').localeCompare(b.expiresOn ?? '9'))
        const usable = shown.reduce((sum, { quantity, expiry }) => sum + (expiry === 'expired' ? 0 : quantity), 0)
        return {
          id: row.id,
          station: row.station,
          stationNameZh: row.name_zh,
          stationNameEn: row.name_en,
          district: row.district,
          kind: row.kind,
          name: row.name,
          unit: row.unit,
          ...(row.low !== null && { low: row.low }),
          usable,
          isLow: row.low !== null && usable < row.low,
          used30: Math.max(0, usedOf.get(row.id) ?? 0),
          batches: shown,
        }
      })
  }
  const viewOf = async (person: Person, id: string): Promise<StockItem> => {
    const [view] = await viewsOf([await findItem(db, person, id)])
    return view as StockItem
  }
  const findBatch = async (tx: RegistryDb, person: Person, id: string) => {
    const row = await tx.selectFrom('stock_batch').selectAll().where('id', '=', id).executeTakeFirst()
    const item = row && (await own(tx, person).where('stock_item.id', '=', row.item).executeTakeFirst())
    if (row === undefined || item === undefined)
      throw new ApiProblem('not_found', `there is no batch ${id} in your districts`)
    return row
  }

  return {
    list: async (person, { region, station }) => {
      const rows = await own(db, person)
        .$if(region !== undefined, q =>
          q.where(region?.length === 9 ? 'station.street' : 'station.district', '=', region as string),
        )
        .$if(station !== undefined, q => q.where('stock_item.station', '=', station as string))
        .orderBy('stock_item.station')
        .orderBy('stock_item.kind')
        .orderBy('stock_item.name')
        .limit(MAX_ITEMS + 1)
        .execute()
      const shown = rows.slice(0, MAX_ITEMS)
      const stations = new Map(shown.map(row => [row.station, row]))
      const checks = await db
        .selectFrom('stock_check')
        .select(['station', eb => eb.fn.max<number>('filled_at_ms').as('last')])
        .where('station', 'in', [...stations.keys(), ''])
        .groupBy('station')
        .execute()
      const lastOf = new Map(checks.map(row => [row.station, Number(row.last)]))
      const atMs = nowMs()
      return {
        at: new Date(atMs).toISOString(),
        items: await viewsOf(shown),
        checks: [...stations.values()].map(row => {
          const lastMs = lastOf.get(row.station)
          return {
            station: row.station,
            stationNameZh: row.name_zh,
            stationNameEn: row.name_en,
            ...(lastMs !== undefined && { lastAt: new Date(lastMs).toISOString() }),
            isDue: lastMs === undefined || monthIn(timeZone, lastMs) < monthIn(timeZone, atMs),
          }
        }),
        isCut: rows.length > MAX_ITEMS,
      }
    },

    addItem: async (person, station, { kind, name, unit, low }) => {
      const { district } = placeOf(person, station)
      const id = newId()
      await db.transaction().execute(async tx => {
        const { count } = await tx
          .selectFrom('stock_item')
          .select(eb => eb.fn.countAll<number>().as('count'))
          .where('station', '=', station)
          .executeTakeFirstOrThrow()
        if (Number(count) >= MAX_OF_A_STATION)
          throw new ApiProblem('conflict', `a station keeps at most ${MAX_OF_A_STATION} items`)
        const made = { created_at_ms: nowMs(), created_by: person.login }
        await tx
          .insertInto('stock_item')
          .values({ id, station, district, kind, name, unit, low: low ?? null, ...made })
          .execute()
      })
      return viewOf(person, id)
    },

    addBatch: async (person, item, { batch = '', quantity, expiresOn }) => {
      const id = newId()
      await db.transaction().execute(async tx => {
        await findItem(tx, person, item)
        await tx
          .insertInto('stock_batch')
          .values({ id, item, batch, quantity: 0, expires_on: expiresOn ?? null })
          .execute()
        const writing = { act: 'received', after: quantity, actor: person.login, atMs: nowMs() } as const
        await writeQuantity(tx, { id, item, quantity: 0 }, writing)
      })
      return viewOf(person, item)
    },

    act: async (person, id, { act, quantity, note }) => {
      const item = await db.transaction().execute(async tx => {
        const batch = await findBatch(tx, person, id)
        const after = act === 'counted' ? quantity : batch.quantity - quantity
        await writeQuantity(tx, batch, { act, after, note, actor: person.login, atMs: nowMs() })
        return batch.item
      })
      return viewOf(person, item)
    },

    check: async (person, station, { key, filledAt, counts, note }) => {
      const { district } = placeOf(person, station)
      const atMs = nowMs()
      const filledMs = Date.parse(filledAt)
      const isBelieved = filledMs <= atMs && filledMs >= atMs - MAX_CHECK_AGE_MS
      await db.transaction().execute(async tx => {
        const known = await tx.selectFrom('stock_check').selectAll().where('key', '=', key).executeTakeFirst()
        if (known !== undefined) {
          if (known.station === station && known.actor === person.login) return
          throw new ApiProblem('conflict', 'key: another check has it')
        }
        await tx
          .insertInto('stock_check')
          .values({
            key,
            station,
            district,
            note: note ?? null,
            filled_at_ms: isBelieved ? filledMs : atMs,
            received_at_ms: atMs,
            actor: person.login,
          })
          .execute()
        for (const { batch: id, quantity } of counts) {
          const batch = await tx
            .selectFrom('stock_batch')
            .innerJoin('stock_item', 'stock_item.id', 'stock_batch.item')
            .selectAll('stock_batch')
            .where('stock_batch.id', '=', id)
            .where('stock_item.station', '=', station)
            .executeTakeFirst()
          if (batch === undefined) throw new ApiProblem('invalid_request', `counts: there is no batch ${id} here`)
          await writeQuantity(tx, batch, {
            act: 'counted',
            after: quantity,
            checkKey: key,
            actor: person.login,
            atMs,
          })
        }
      })
    },

    history: async (person, item) => {
      await findItem(db, person, item)
      return stockHistory(db, item)
    },

    importTable: (person, bytes, file) =>
      importStock({ db, directory, nowMs, newId }, bytes, { person, ...file, mostItems: MAX_OF_A_STATION }),
  }
}

/** A month of the stations' calendar, as 2026-11. */
export function monthIn(timeZone: string, atMs: number): string {
  return dayIn(timeZone, atMs).slice(0, 7)
}
