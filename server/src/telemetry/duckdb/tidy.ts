import { DAY_MS, LEVEL_MS } from '../levels.ts'
import type { KeptFrom } from '../telemetry-store.ts'
import type { DuckdbFile } from './open-file.ts'
import { type Day, type Part, tableOf } from './parts.ts'
import { inTransaction, integer, named, numbersOf } from './sql.ts'
import { metricsIn, newestOf, wideOrderOf, wideRowsOf } from './wide.ts'

/** Most rows that are sorted at once when parts are merged: some 200 MB. */
const SLICE_ROWS = 4_000_000

/** Parts of like size that are merged into one, which is then of the next size. */
const MERGED_AT_ONCE = 8

/** Rewrites a sealed narrow part as a wide one. The old table is left to be dropped by the caller, when nobody reads it any more. */
export async function closePart({ tidier, parts }: DuckdbFile, part: Part): Promise<Part | undefined> {
  const source = tableOf(part)
  const metrics = await metricsIn(tidier, source)
  const wide: Part = {
    id: parts.newId(),
    day: part.day,
    kind: 'wide',
    isSealed: true,
    metrics: new Set(metrics.keys()),
    rows: 0,
  }
  const isEmpty = metrics.size === 0
  await inTransaction(tidier, async () => {
    if (!isEmpty) {
      await tidier.run(`CREATE TABLE ${tableOf(wide)} AS ${wideRowsOf(source, metrics)}`)
      await tidier.run(`INSERT INTO part VALUES (${integer(wide.id)}, ${integer(wide.day)}, 'wide')`)
      await tidier.run(`INSERT INTO newest ${newestOf(source)}`)
    }
    await tidier.run(`DELETE FROM rolled_day WHERE day = ${integer(part.day)}`)
    await tidier.run(`DELETE FROM part WHERE id = ${integer(part.id)}`)
  })
  if (!isEmpty) wide.rows = (await numbersOf(tidier, `SELECT count(*)::DOUBLE FROM ${tableOf(wide)}`))[0] ?? 0
  parts.setRolled(part.day, false)
  parts.replace([part], isEmpty ? undefined : wide)
  return isEmpty ? undefined : wide
}

/**
 * Makes one wide part of several of a day, slice by slice of devices, each in order. Gives those whose tables are to be dropped.
 *
 * @param given of narrow ones, which may have come meanwhile, nothing is taken
 */
export async function mergeParts({ tidier, parts }: DuckdbFile, given: readonly Part[]): Promise<readonly Part[]> {
  const old = given.filter(({ kind }) => kind === 'wide')
  const [first] = old
  if (first === undefined || old.length < 2) return []
  const { day } = first
  const metrics = new Set(old.flatMap(part => [...part.metrics]))
  const rows = old.reduce((sum, part) => sum + part.rows, 0)
  const merged: Part = { id: parts.newId(), day, kind: 'wide', metrics, rows, isSealed: true }
  const columns = ['device_id', 'time_ms', ...[...metrics].map(named)].join(', ')
  const typed = [...metrics].map(name => `${named(name)} DOUBLE`).join(', ')
  const all = old.map(part => `SELECT * FROM ${tableOf(part)}`).join(' UNION ALL BY NAME ')
  const bounds = await sliceBounds({ tidier }, all, rows)
  await inTransaction(tidier, async () => {
    await tidier.run(`CREATE TABLE ${tableOf(merged)} (device_id UINTEGER, time_ms BIGINT, ${typed})`)
    for (const [index, from] of bounds.entries()) {
      const to = bounds[index + 1]
      const within = `device_id >= ${integer(from)}${to === undefined ? '' : ` AND device_id < ${integer(to)}`}`
      await tidier.run(
        `INSERT INTO ${tableOf(merged)} SELECT ${columns} FROM (${all}) WHERE ${within} ORDER BY ${wideOrderOf(metrics)}`,
      )
    }
    await tidier.run(`DELETE FROM part WHERE id IN (${old.map(({ id }) => integer(id)).join()})`)
    await tidier.run(`INSERT INTO part VALUES (${integer(merged.id)}, ${integer(day)}, 'wide')`)
  })
  parts.replace(old, merged)
  return old
}

/** Parts of a day that are about as large as each other, when there are so many that one is better: a busy day has few parts, and each row is rewritten few times. */
export function alikeParts(parts: readonly Part[]): readonly Part[] {
  const bySize = Map.groupBy(
    parts.filter(({ kind }) => kind === 'wide'),
    ({ rows }) => Math.floor(Math.log(Math.max(1, rows)) / Math.log(MERGED_AT_ONCE)),
  )
  return [...bySize.values()].find(({ length }) => length >= MERGED_AT_ONCE) ?? []
}

/** First devices of slices that have some SLICE_ROWS rows each. */
async function sliceBounds(
  { tidier }: Pick<DuckdbFile, 'tidier'>,
  all: string,
  rows: number,
): Promise<readonly number[]> {
  const count = Math.ceil(rows / SLICE_ROWS)
  if (count < 2) return [0]
  const shares = Array.from({ length: count - 1 }, (_, index) => (index + 1) / count)
  const inner = await numbersOf(
    tidier,
    `SELECT unnest(approx_quantile(device_id, [${shares.join()}]))::DOUBLE FROM (${all})`,
  )
  return [...new Set([0, ...inner])].sort((a, b) => a - b)
}

/**
 * Makes the sums of a day anew. All of its parts have to be wide.
 *
 * @param late only devices that this part has are summed up; absent: all
 */
export async function rollDay({ tidier, parts, metrics }: DuckdbFile, day: Day, late?: Part): Promise<void> {
  const isOfDay = (level: 'quarter' | 'hour') => {
    const slots = DAY_MS / LEVEL_MS[level]
    return `slot >= ${integer(day * slots)} AND slot < ${integer((day + 1) * slots)}`
  }
  const devices = late === undefined ? '' : ` AND device_id IN (SELECT DISTINCT device_id FROM ${tableOf(late)})`
  const own = parts.ofDay(day)
  await inTransaction(tidier, async () => {
    for (const level of ['quarter', 'hour'] as const)
      await tidier.run(`DELETE FROM ${level} WHERE ${isOfDay(level)}${devices}`)
    for (const [id, name] of metrics.names.entries()) {
      const column = named(name)
      const having = own.filter(part => part.metrics.has(name))
      if (having.length === 0) continue
      const all = having
        .map(
          part =>
            `SELECT device_id, time_ms, ${column} AS value FROM ${tableOf(part)} WHERE ${column} IS NOT NULL${devices}`,
        )
        .join(' UNION ALL ')
      await tidier.run(
        `INSERT INTO quarter SELECT ${integer(id)}, device_id, time_ms // ${integer(LEVEL_MS.quarter)} AS slot,
           ${shortSum('value')}, count(*), min(value), max(value), arg_max(value, time_ms)
         FROM (${all}) GROUP BY device_id, slot ORDER BY device_id, slot`,
      )
    }
    await tidier.run(
      `INSERT INTO hour SELECT metric_id, device_id, slot // 4 AS of_hour,
         ${shortSum('sum')}, sum(count), min(min), max(max), arg_max(last, slot)
       FROM quarter WHERE ${isOfDay('quarter')}${devices} GROUP BY metric_id, device_id, of_hour ORDER BY metric_id, device_id, of_hour`,
    )
    await tidier.run(`INSERT INTO rolled_day VALUES (${integer(day)})`)
  })
  parts.setRolled(day, true)
}

/**
 * A sum without the last bits that adding decimals leaves behind (3391.2000000000003), which no compression could take away. What
 * devices send has three decimals at most.
 */
function shortSum(column: string): string {
  return `round(sum(${column}), 6)`
}

/** Drops what is older than each level is kept. Days whose readings go have to be summed up. Gives parts whose tables are to be dropped. */
export async function dropOld({ tidier, parts }: DuckdbFile, given: KeptFrom): Promise<readonly Part[]> {
  const kept = {
    raw: Math.max(given.raw, parts.kept.raw),
    quarter: Math.max(given.quarter, parts.kept.quarter),
    hour: Math.max(given.hour, parts.kept.hour),
  }
  const isSame = kept.raw === parts.kept.raw && kept.quarter === parts.kept.quarter && kept.hour === parts.kept.hour
  const old = parts.all().filter(({ day }) => day * DAY_MS < kept.raw)
  if (isSame && old.length === 0) return []
  await inTransaction(tidier, async () => {
    if (old.length > 0) await tidier.run(`DELETE FROM part WHERE id IN (${old.map(({ id }) => integer(id)).join()})`)
    await tidier.run(`DELETE FROM quarter WHERE slot < ${integer(kept.quarter / LEVEL_MS.quarter)}`)
    await tidier.run(`DELETE FROM hour WHERE slot < ${integer(kept.hour / LEVEL_MS.hour)}`)
    await tidier.run(`DELETE FROM rolled_day WHERE day < ${integer(Math.floor(kept.hour / DAY_MS))}`)
    await tidier.run(`DELETE FROM newest WHERE time_ms < ${integer(kept.raw)}`)
    await tidier.run('DELETE FROM kept')
    for (const [level, fromMs] of Object.entries(kept))
      await tidier.run(`INSERT INTO kept VALUES ('${level}', ${integer(fromMs)})`)
  })
  parts.kept = kept
  parts.replace(old, undefined)
  for (const day of parts.days()) if ((day + 1) * DAY_MS <= kept.hour) parts.setRolled(day, false)
  return old
}

/** Leaves one row of each series in `newest`, when there are many more than that. */
export async function shortenNewest({ tidier }: DuckdbFile): Promise<void> {
  const [rows = 0] = await numbersOf(tidier, 'SELECT count(*)::DOUBLE FROM newest')
  const [series = 0] = await numbersOf(
    tidier,
    'SELECT count(*)::DOUBLE FROM (SELECT DISTINCT device_id, metric_id FROM newest)',
  )
  if (rows <= 2 * series + 1_000) return
  await inTransaction(tidier, async () => {
    await tidier.run(`CREATE TABLE newest_short AS ${newestOf('newest')}`)
    await tidier.run('DELETE FROM newest')
    await tidier.run('INSERT INTO newest SELECT * FROM newest_short')
    await tidier.run('DROP TABLE newest_short')
  })
}
