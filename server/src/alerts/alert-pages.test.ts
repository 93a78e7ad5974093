import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person } from '@harbor/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { openAlerts } from '../../test/seeded-alerts.ts'

const OPEN = 10_000
const RESOLVED = 30_000
/** The most one page carries (alerts.routes.ts). */
const PAGE = 1_000

test(`${OPEN.toLocaleString('en')} open alerts come page by page, each of them once`, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-many-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const { db, alerts } = await openAlerts(dir, Date.now)
  const evidence = JSON.stringify({
    device: 'yubei-fridge-temp',
    metric: 'temperature',
    unit: 'Cel',
    threshold: 8,
    observed: 14.2,
    from: new Date(0).toISOString(),
    to: new Date(0).toISOString(),
  })
  const rows = Array.from({ length: OPEN + RESOLVED }, (_, index) => {
    const isYubei = index % 2 === 0
    const isOpen = index % 4 === 0
    return {
      id: `alert-${index}`,
      station: isYubei ? 'yubei-1' : 'yuzhong-1',
      district: isYubei ? '500112' : '500103',
      scope: 'device' as const,
      subject: `device:d${index}`,
      appliance: isYubei ? 'yubei-1-fridge' : 'yuzhong-1-fridge',
      device: `d${index}`,
      rule: 'device_offline',
      rule_version: 1,
      severity: 'P3' as const,
      state: isOpen ? ('raised' as const) : ('resolved' as const),
      revision: 1,
      raised_at_ms: 1_000 * Math.floor(index / 7),
      standing_since_ms: 0,
      resolved_at_ms: isOpen ? null : 1,
      evidence,
    }
  })
  await db.transaction().execute(async tx => {
    for (let from = 0; from < rows.length; from += 500)
      await tx
        .insertInto('alert')
        .values(rows.slice(from, from + 500))
        .execute()
  })

  const everyone: Person = { login: 'chief', name: 'Chief', role: 'administrator', districts: [] }
  for (const person of [everyone, { ...everyone, districts: ['500112'] }]) {
    const seen = new Set<string>()
    let pages = 0
    for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
      const page = await alerts.list(person, { state: 'open', limit: PAGE, after })
      pages += 1
      for (const { id } of page.alerts) seen.add(id)
      after = page.next
    }
    expect(seen.size).toBe(OPEN)
    expect(pages).toBe(OPEN / PAGE)
  }
  await db.destroy()
}, 60_000)
