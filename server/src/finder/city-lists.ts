import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants, gzip } from 'node:zlib'
import type { CityList, HoursPlan, StationRecord } from '@harbor/protocol'
import { dateOfWall, wallOfDate, weekdayOfWall } from '@harbor/protocol/opening-at'
import type { PackedBody } from '../http/packed-body.ts'
import { inSlices } from '../in-slices.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { City } from './cities.ts'
import type { Pinyin } from './pinyin.ts'
import type { StationIndex } from './station-index.ts'

const compressBrotli = promisify(brotliCompress)
const decompressBrotli = promisify(brotliDecompress)
const compressGzip = promisify(gzip)

const DAY_MS = 86_400_000
/** A list is looked at anew when it is asked for after this long, for changes that nobody told of. */
const LOOK_AGAIN_MS = 5 * 60_000
/** 9 of 11: a city of 5,000 stations takes tenths of a second; 11 takes ten times as long for 8 % less. */
const BROTLI_QUALITY = 9

/** What a list says of a station. */
export interface ListedStation {
  record: StationRecord
  districtNameZh: string
  districtNameEn: string
  appliances: readonly { kind: CityList['stations'][number]['appliances'][number] }[]
}

/** What of the index a list is made from. */
export type ListSource = Pick<StationIndex, 'cityByCode' | 'stationOf'>

export interface CityListDeps {
  db: RegistryDb
  /** A station's hours from the day of `atMs` on. */
  planOf: (station: string, atMs: number) => HoursPlan | undefined
  pinyin: Pinyin
  nowMs: () => number
  /** The stations' wall clock. */
  wallOf: (ms: number) => number
}

/** Each city's stations in one answer, written and compressed when it changed and only then. */
export interface CityLists {
  /** Undefined: no such city. */
  of: (code: string) => Promise<PackedBody | undefined>
  /** Something of a city's stations changed. */
  changed: (code: string) => void
  /** Any of them may be another. */
  allChanged: () => void
}

interface Kept {
  packed: PackedBody
  lookedAtMs: number
}

/** @param current the stations as they are indexed now; a list that is being made keeps to the one that it began with */
export function createCityLists(current: () => ListSource, deps: CityListDeps): CityLists {
  const { db, nowMs } = deps
  const kept = new Map<string, Kept>()
  const making = new Map<string, Promise<PackedBody>>()

  /** Grows with each change: a list that was being made meanwhile is looked at anew. */
  const changes = new Map<string, number>()
  let allChanges = 0
  const changesOf = (code: string) => (changes.get(code) ?? 0) + allChanges

  const make = async (city: City, source: ListSource): Promise<PackedBody> => {
    const before = changesOf(city.code)
    const atMs = nowMs()
    const packed = await makeAt(city, { source, startedMs: atMs })
    if (changesOf(city.code) !== before) outdate(city.code)
    return packed
  }
  const outdate = (code: string) => {
    const known = kept.get(code)
    if (known !== undefined) known.lookedAtMs = Number.NEGATIVE_INFINITY
  }
  const makeAt = async (
    city: City,
    { source, startedMs }: { source: ListSource; startedMs: number },
  ): Promise<PackedBody> => {
    const content = await contentOf(city, source, deps)
    const sha256 = createHash('sha256').update(content).digest('base64url')
    const before = kept.get(city.code)
    if (before?.packed.version === sha256) {
      before.lookedAtMs = startedMs
      return before.packed
    }
    const changedAtMs = await changedAt(db, { code: city.code, sha256, atMs: startedMs })
    const about = JSON.stringify({ code: city.code, changedAt: new Date(changedAtMs).toISOString() })
    const text = Buffer.concat([Buffer.from(`${about.slice(0, -1)},`), content.subarray(1)])
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    }
    const brotli = await compressBrotli(text, { params })
    const packed: PackedBody = {
      version: sha256,
      br: brotli,
      gzip: await compressGzip(text),
      plain: () => decompressBrotli(brotli),
    }
    kept.set(city.code, { packed, lookedAtMs: startedMs })
    return packed
  }

  return {
    of: async code => {
      const source = current()
      const city = source.cityByCode.get(code)
      if (city === undefined) return undefined
      const known = kept.get(code)
      if (known !== undefined && nowMs() - known.lookedAtMs < LOOK_AGAIN_MS) return known.packed
      // Whoever asks meanwhile waits for the same one.
      const made = making.get(code) ?? make(city, source).finally(() => making.delete(code))
      making.set(code, made)
      return made
    },
    changed: code => {
      changes.set(code, (changes.get(code) ?? 0) + 1)
      outdate(code)
    },
    allChanged: () => {
      allChanges += 1
      for (const code of kept.keys()) outdate(code)
    },
  }
}

/**
 * All but the code and the time of its change, as JSON. Written station by station, so that the largest city holds up nobody
 * for longer than one.
 */
async function contentOf(
  { numbers }: City,
  { stationOf }: ListSource,
  { planOf, pinyin, nowMs, wallOf }: CityListDeps,
): Promise<Buffer> {
  const atMs = nowMs()
  const wallMs = wallOf(atMs)
  // Plans begin with the week, so that a list is the same for seven days and not only for one.
  const mondayMs = atMs - (wallMs - wallOfDate(dateOfWall(wallMs))) - weekdayOfWall(wallMs) * DAY_MS
  const districts: CityList['districts'] = []
  const plans: HoursPlan[] = []
  const placeOfDistrict = new Map<string, number>()
  const placeOfPlan = new Map<HoursPlan, number>()
  const byId = [...numbers]
    .map(number => ({ number, id: stationOf(number).record.id }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const stations: Buffer[] = []
  await inSlices(byId, ({ number }) => {
    const { record, districtNameZh, districtNameEn, appliances } = stationOf(number)
    const district =
      placeOfDistrict.get(record.district) ??
      districts.push({ district: record.district, nameZh: districtNameZh, nameEn: districtNameEn }) - 1
    placeOfDistrict.set(record.district, district)
    const hours = planOf(record.id, mondayMs)
    const plan = hours && (placeOfPlan.get(hours) ?? plans.push(hours) - 1)
    if (hours !== undefined && plan !== undefined) placeOfPlan.set(hours, plan)
    const listed: CityList['stations'][number] = {
      id: record.id,
      district,
      nameZh: record.nameZh,
      nameEn: record.nameEn,
      ...(record.addressZh !== undefined && { addressZh: record.addressZh }),
      ...(record.addressEn !== undefined && { addressEn: record.addressEn }),
      initials: initialsOf([record.nameZh, record.addressZh ?? ''], pinyin),
      latDeg: round(record.latDeg),
      lngDeg: round(record.lngDeg),
      ...(plan !== undefined && { plan }),
      ...(record.capacity !== undefined && { capacity: record.capacity }),
      facilities: record.facilities,
      appliances: [...new Set(appliances.map(({ kind }) => kind))],
    }
    stations.push(Buffer.from(`${stations.length === 0 ? '' : ','}${JSON.stringify(listed)}`))
  })
  const head: Pick<CityList, 'districts' | 'plans'> = { districts, plans }
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(head).slice(0, -1)},"stations":[`),
    ...stations,
    Buffer.from(']}'),
  ])
}

/** Name's and address' first letters with a space between, so that nothing is found that goes from one into the other. */
function initialsOf(texts: readonly string[], { syllables }: Pinyin): string {
  return texts
    .map(text =>
      syllables(text)
        .map(syllable => syllable.charAt(0))
        .join(''),
    )
    .join(' ')
    .trim()
}

/** To the fifth decimal: 1 m. */
function round(deg: number): number {
  return Math.round(deg * 1e5) / 1e5
}

/**
 * Since when a city's list has this content: kept in the registry, so that a restart, or another server, does not make a
 * new one of the same.
 */
async function changedAt(
  db: RegistryDb,
  { code, sha256, atMs }: { code: string; sha256: string; atMs: number },
): Promise<number> {
  return db.transaction().execute(async tx => {
    const known = await tx.selectFrom('city_list').selectAll().where('code', '=', code).executeTakeFirst()
    if (known?.sha256 === sha256) return known.changed_at_ms
    const row = { sha256, changed_at_ms: atMs }
    await tx
      .insertInto('city_list')
      .values({ code, ...row })
      .onConflict(conflict => conflict.column('code').doUpdateSet(row))
      .execute()
    return atMs
  })
}
