import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { putEvent } from '../alerts/event-outbox.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { Telling } from '../tell/open-tell.ts'
import { staffOf } from './staff-of.ts'
import { type GapDeps, findGaps } from './rota-gaps.ts'
import { gapNews, shiftNews, timeWords } from './rota-news.ts'
import { selectShifts } from './rota-row.ts'

/** Whoever has a shift is reminded so long before it (chosen: the way there, and time to find somebody else). */
export const REMIND_BEFORE_MS = 2 * 3_600_000
/** A call goes out when hours that nobody covers are so near. */
export const CALL_BEFORE_MS = 24 * 3_600_000
/** Calls of one round, so that a day on which everything fails is not one long transaction. */
const MAX_CALLS = 500

export interface ReminderDeps extends GapDeps {
  db: RegistryDb
  tell: Pick<Telling, 'say'>
  /** Events wait in the registry's outbox. */
  onEvent: () => void
  nowMs: () => number
  log: Logger
}

/** Reminds holders of shifts that are near, and calls for somebody where nobody is; each once, whatever is restarted in between. */
export async function remind(deps: ReminderDeps): Promise<void> {
  await remindHolders(deps)
  await callForKeepers(deps)
}

async function remindHolders({ db, tell, timeZone, nowMs }: ReminderDeps): Promise<void> {
  const atMs = nowMs()
  const shifts = await selectShifts(db)
    .where('shift.from_ms', '>', atMs)
    .where('shift.from_ms', '<=', atMs + REMIND_BEFORE_MS)
    .where('shift.person', 'like', 'login:%')
    .where('shift.cancelled_at_ms', 'is', null)
    .where('shift.checked_in_ms', 'is', null)
    .execute()
  for (const row of shifts) {
    const person = row.person ?? ''
    const news = shiftNews({
      id: row.id,
      person,
      station: { zh: row.name_zh, en: row.name_en },
      time: timeWords({ fromMs: Number(row.from_ms), toMs: Number(row.to_ms) }, timeZone),
    })
    if (await isKnown(db, news.id)) continue
    // The outbox takes the same news once: a kill between the two tells nobody twice.
    await tell.say(news, [person.slice('login:'.length)])
    await setKnown(db, news.id, atMs)
  }
}

async function callForKeepers(deps: ReminderDeps): Promise<void> {
  const { db, tell, timeZone, nowMs, onEvent, log } = deps
  const atMs = nowMs()
  const { gaps } = await findGaps(deps, { atMs, days: 3 })
  const near = gaps.filter(({ view }) => Date.parse(view.from) <= atMs + CALL_BEFORE_MS && view.calledAt === undefined)
  const firsts = new Map(near.map(gap => [gap.callKey, gap] as const).toReversed())
  for (const { view, callKey } of [...firsts.values()].slice(0, MAX_CALLS)) {
    const { station, district } = view
    const time = timeWords({ fromMs: Date.parse(view.from), toMs: Date.parse(view.to) }, timeZone)
    const place = { zh: view.stationNameZh, en: view.stationNameEn }
    try {
      await tell.say(gapNews({ key: callKey, station: place, time }), await staffOf(db, { station, district }))
      await db.transaction().execute(async tx => {
        if (await isKnown(tx, callKey)) return
        await setKnown(tx, callKey, atMs)
        await putEvent(tx, { kind: 'rota-gap-called', id: callKey, subject: station, district, atMs, data: view })
      })
      onEvent()
    } catch (error) {
      // Looked at again in the next round.
      log.warn({ station, reason: errorText(error) }, 'calling for a keeper failed')
    }
  }
}

/** Whether something was said before. */
export async function isKnown(db: RegistryDb, key: string): Promise<boolean> {
  return (await db.selectFrom('keeper_news').select('key').where('key', '=', key).executeTakeFirst()) !== undefined
}

export async function setKnown(db: RegistryDb, key: string, atMs: number): Promise<void> {
  await db
    .insertInto('keeper_news')
    .values({ key, at_ms: atMs })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}
