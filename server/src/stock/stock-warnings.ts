import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { putEvent } from '../alerts/event-outbox.ts'
import { dayIn, daysLater } from '../assets/asset-row.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { isKnown, setKnown } from '../rota/rota-reminders.ts'
import { staffOf } from '../rota/staff-of.ts'
import type { News } from '../tell/news.ts'
import type { Telling } from '../tell/open-tell.ts'
import { warningStage } from './expiry.ts'

/** Batches of one round; the next are those of the next. */
const MAX_WARNINGS = 500
const FIRST_WARNING_DAYS = 60

export interface WarningDeps {
  db: RegistryDb
  tell: Pick<Telling, 'say'>
  timeZone: string
  /** Events wait in the registry's outbox. */
  onEvent: () => void
  nowMs: () => number
  log: Logger
}

/** Warns of each batch 60, 30 and 7 days before it expires, and when it has; each once, whatever is restarted in between. */
export async function warnOfExpiry(deps: WarningDeps): Promise<void> {
  const { db, tell, timeZone, onEvent, nowMs, log } = deps
  const atMs = nowMs()
  const today = dayIn(timeZone, atMs)
  const rows = await db
    .selectFrom('stock_batch')
    .innerJoin('stock_item', 'stock_item.id', 'stock_batch.item')
    .innerJoin('station', 'station.id', 'stock_item.station')
    .select(['stock_batch.id', 'stock_batch.batch', 'stock_batch.quantity', 'stock_batch.expires_on'])
    .select([
      'stock_item.id as item',
      'stock_item.name',
      'stock_item.unit',
      'stock_item.station',
      'stock_item.district',
    ])
    .select(['station.name_zh', 'station.name_en'])
    .where('stock_batch.quantity', '>', 0)
    .where('stock_batch.expires_on', '<=', daysLater(today, FIRST_WARNING_DAYS))
    .orderBy('stock_batch.expires_on')
    .execute()
  let warned = 0
  for (const row of rows) {
    const expiresOn = row.expires_on ?? today
    const stage = warningStage(expiresOn, today)
    const key = `stock/${row.id}/${stage ?? ''}`
    if (stage === undefined || (await isKnown(db, key))) continue
    if (warned >= MAX_WARNINGS) break
    warned += 1
    const { district, station, quantity, name, unit, batch, item } = row
    const news = expiryNews({ ...row, key, stage, expiresOn })
    try {
      await tell.say(news, await staffOf(db, { station, district }))
      const data = { station, item, name, unit, batch, quantity, expiresOn, days: stage }
      await db.transaction().execute(async tx => {
        if (await isKnown(tx, key)) return
        await setKnown(tx, key, atMs)
        await putEvent(tx, { kind: 'stock-expiring', id: key, subject: station, district, atMs, data })
      })
      onEvent()
    } catch (error) {
      // Looked at again in the next round.
      log.warn({ station, reason: errorText(error) }, 'warning of expiry failed')
    }
  }
}

interface Expiring {
  id: string
  key: string
  stage: number
  name: string
  quantity: number
  unit: string
  expiresOn: string
  station: string
  name_zh: string
  name_en: string
}

function expiryNews(of: Expiring): News {
  const { id, key, stage, name, quantity, unit, expiresOn } = of
  const rest = { tag: `stock-${id}`, url: `/console/stock?station=${encodeURIComponent(of.station)}` }
  const bodyEnd = `${name} · ${quantity} ${unit} · ${expiresOn}`
  const title =
    stage === 0
      ? { zh: '已过期，请取出', en: 'Expired: take it out' }
      : { zh: `${stage} 天内过期`, en: `Expires within ${stage} days` }
  return {
    id: key,
    kind: 'stock',
    subject: id,
    severity: 'P3',
    onlyWhile: { of: 'stock', batch: id },
    message: {
      zh: { ...rest, title: `${title.zh}：${of.name_zh}`, body: bodyEnd },
      en: { ...rest, title: `${title.en}: ${of.name_en}`, body: bodyEnd },
    },
  }
}
