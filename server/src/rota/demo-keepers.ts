import type { Person, ShiftRequest, StockItemRequest } from '@harbor/protocol'
import { dayIn, daysLater } from '../assets/asset-row.ts'
import type { Stock } from '../stock/stock.ts'
import { type MemberDeps, addMember } from './members.ts'
import type { Rota } from './rota.ts'

/** The demo's first station, and the login of its keeper. */
const STATION = 'cq-500103-01'
const SECOND = 'cq-500103-02'
const KEEPER = 'keeper'
/** Who is said to have made it. */
const MAKER: Person = { login: 'admin', name: 'Demo', role: 'administrator', districts: [] }

/** What the demo's first station keeps; names say that they are the demo's. */
const ITEMS: readonly (StockItemRequest & { quantity: number; days: number })[] = [
  { kind: 'medicine_box', name: '创可贴 Plasters（演示 demo）', unit: '片', low: 20, quantity: 60, days: 400 },
  { kind: 'heat_medicine', name: '藿香正气水 Heat drops（演示 demo）', unit: '支', low: 10, quantity: 24, days: 25 },
  { kind: 'water', name: '瓶装水 Bottled water（演示 demo）', unit: '瓶', low: 48, quantity: 36, days: 200 },
]

/**
 * Gives the demo a rota and something in stock, once: the keeper every morning, afternoons open to whoever signs up, and one station that
 * nobody has signed up for. Nothing that would count as measured: no presence, no hours, no use.
 */
export async function addDemoKeepers(
  { rota, stock }: { rota: Rota; stock: Stock },
  deps: MemberDeps & { timeZone: string },
): Promise<void> {
  const { db, directory, timeZone, nowMs } = deps
  if (!directory.stations.has(STATION)) return
  const known = await db.selectFrom('rota_station').select('station').limit(1).executeTakeFirst()
  const keeper = await db.selectFrom('person').select('login').where('login', '=', KEEPER).executeTakeFirst()
  if (known !== undefined || keeper === undefined) return
  const today = dayIn(timeZone, nowMs())
  await addMember(deps, MAKER, { station: STATION, request: { login: KEEPER } })
  const morning: ShiftRequest = {
    day: today,
    from: '08:00',
    halfHours: 10,
    rrule: 'FREQ=DAILY',
    person: `login:${KEEPER}`,
  }
  await rota.addShift(MAKER, STATION, morning)
  await rota.addShift(MAKER, STATION, { day: today, from: '13:00', halfHours: 10, rrule: 'FREQ=DAILY' })
  for (const { quantity, days, ...item } of ITEMS) {
    const { id } = await stock.addItem(MAKER, STATION, item)
    await stock.addBatch(MAKER, id, { batch: 'DEMO', quantity, expiresOn: daysLater(today, days) })
  }
  // Last, as it tells that all of this was done.
  for (const station of [SECOND, STATION])
    if (directory.stations.has(station)) await rota.setNeeds(MAKER, station, true)
}
