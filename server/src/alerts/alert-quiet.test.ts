import { hasCode } from '@harbor/protocol'
import { describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, START, YUBEI, chief, useAlertLife } from '../../test/alert-life-fixture.ts'
import { fridgeTransition } from '../../test/seeded-alerts.ts'

const { t, apply, list, one, steps, events, began } = useAlertLife()

describe('silence', () => {
  test('holds until its time, with who and why; then it is told how the alert stands', async () => {
    await apply(fridgeTransition('raised', YUBEI))
    const { id } = await one()
    const silenced = await t.alerts.silence(id, { untilMs: t.nowMs + HOUR_MS, reason: 'part ordered' }, chief)
    expect(silenced.silence).toMatchObject({ by: 'chief', reason: 'part ordered', isFlapping: false })
    await apply(fridgeTransition('cleared', YUBEI))
    await apply(fridgeTransition('raised', YUBEI))
    expect(await events()).toEqual(['raised'])
    await apply(fridgeTransition('escalated', YUBEI, 'P1'))
    expect(await events()).toEqual(['raised', 'raised'])
    t.nowMs += HOUR_MS
    await t.alerts.sweep()
    expect(await events()).toEqual(['raised', 'raised', 'raised'])
    expect(await steps(id)).toEqual(['raised', 'silenced chief', 'resolved', 'reopened', 'escalated', 'unsilenced'])
  })

  test('ends when somebody ends it; twice is no error', async () => {
    await apply(fridgeTransition('raised', YUBEI))
    const { id } = await one()
    await t.alerts.silence(id, { untilMs: t.nowMs + HOUR_MS, reason: 'why' }, chief)
    expect((await t.alerts.unsilence(id, chief)).silence).toBeUndefined()
    expect((await t.alerts.unsilence(id, chief)).revision).toBe(3)
  })

  test.each([
    ['a time that has passed', 0],
    ['a time further away than 30 days', 30 * 24 * HOUR_MS + 1],
  ])('%s is refused', async (_what, afterMs) => {
    await apply(fridgeTransition('raised', YUBEI))
    const { id } = await one()
    await expect(t.alerts.silence(id, { untilMs: t.nowMs + afterMs, reason: 'why' }, chief)).rejects.toSatisfy(error =>
      hasCode(error, 'invalid_request'),
    )
  })
})

describe('maintenance', () => {
  const window = (appliance: string | undefined, lastsMs: number) => ({
    station: 'yubei-1',
    appliance,
    fromMs: t.nowMs,
    toMs: t.nowMs + lastsMs,
    reason: 'new compressor',
  })

  test.each([[YUBEI], [undefined]])(
    'of %s: a fault within it is kept, and raised at its end if it still stands',
    async appliance => {
      const { id } = await t.book.add(chief, window(appliance, HOUR_MS))
      t.nowMs += MINUTE_MS
      await apply(fridgeTransition('raised', YUBEI), fridgeTransition('raised', 'yuzhong-1-fridge'))
      expect((await list('open')).map(alert => alert.appliance)).toEqual(['yuzhong-1-fridge'])
      expect((await list('suppressed'))[0]?.suppression).toMatchObject({ cause: 'maintenance', window: id })
      t.nowMs = START + HOUR_MS
      await t.alerts.sweep()
      expect(await list('open')).toHaveLength(2)
    },
  )

  test('ended early tells at once what still stands, and is kept with who ended it', async () => {
    const { id } = await t.book.add(chief, window(YUBEI, HOUR_MS))
    await apply(fridgeTransition('raised', YUBEI))
    t.nowMs += MINUTE_MS
    expect(await t.book.end(chief, id)).toMatchObject({ endedBy: 'chief', endedAt: new Date(t.nowMs).toISOString() })
    expect(await list('open')).toHaveLength(1)
    expect(await t.book.list(chief, { withPast: false })).toEqual([])
    expect(await t.book.list(chief, { withPast: true })).toHaveLength(1)
    await expect(t.book.change(chief, id, { toMs: t.nowMs + HOUR_MS })).rejects.toSatisfy(error =>
      hasCode(error, 'conflict'),
    )
  })

  test('does not hide what was broken before it', async () => {
    await apply(fridgeTransition('raised', YUBEI))
    t.nowMs += 1
    await t.book.add(chief, window(YUBEI, HOUR_MS))
    expect(await list('open')).toHaveLength(1)
  })

  test.each([
    ['ends before it begins', { toMs: START - 1 }],
    ['is longer than 90 days', { toMs: START + 91 * 24 * HOUR_MS }],
    ['is of an appliance elsewhere', { appliance: 'yuzhong-1-fridge' }],
  ])('a window that %s is refused', async (_what, change) => {
    await expect(t.book.add(chief, { ...window(YUBEI, HOUR_MS), ...change })).rejects.toSatisfy(error =>
      hasCode(error, 'invalid_request'),
    )
  })
})

test('a suspended station has its faults kept, all of them, until it is open again', async () => {
  await apply(fridgeTransition('raised', YUBEI))
  t.nowMs += HOUR_MS
  await t.life.step(chief, 'yubei-1', { state: 'suspended', reason: 'new floor' })
  await t.alerts.applyFindings([began('mains_failure')])
  expect(await list('open')).toEqual([])
  expect((await list('suppressed')).map(alert => alert.suppression?.cause)).toEqual([
    'station_closed',
    'station_closed',
  ])
  await t.life.step(chief, 'yubei-1', { state: 'open', reason: 'done' })
  expect((await list('open')).map(({ rule }) => rule)).toEqual(['station_mains_failure', 'fridge_too_warm'])
})
