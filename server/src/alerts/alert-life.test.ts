import { hasCode } from '@harbor/protocol'
import { describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, START, YUBEI, chief, useAlertLife } from '../../test/alert-life-fixture.ts'
import { fridgeTransition } from '../../test/seeded-alerts.ts'
import type { Finding } from '../causes/station-watch.ts'

const { t, apply, list, one, steps, events, began, ended, reopen } = useAlertLife()

describe('a cause', () => {
  test('is one alert; what it explains is kept with it, told to nobody, and told once it stands after the grace', async () => {
    await t.alerts.applyFindings([began('mains_failure')])
    t.nowMs += 10 * MINUTE_MS
    await apply(fridgeTransition('raised', YUBEI))
    const open = await list('open')
    expect(open.map(({ rule, scope, severity }) => [rule, scope, severity])).toEqual([
      ['station_mains_failure', 'station', 'P1'],
    ])
    const [child] = await list('suppressed')
    expect(child?.suppression).toEqual({
      cause: 'mains_failure',
      since: new Date(t.nowMs).toISOString(),
      alert: open[0]?.id,
    })
    expect((await t.alerts.detail(chief, open[0]?.id as string)).explains.map(({ id }) => id)).toEqual([child?.id])
    expect(await events()).toEqual(['raised'])

    t.nowMs += 20 * MINUTE_MS
    await t.alerts.applyFindings([ended('mains_failure')])
    expect(await list('open')).toEqual([])
    t.nowMs += HOUR_MS - 1
    await t.alerts.sweep()
    expect(await list('open')).toEqual([])
    t.nowMs += 1
    await t.alerts.sweep()
    const [told] = await list('open')
    expect(told).toMatchObject({ id: child?.id, state: 'raised', raisedAt: new Date(t.nowMs).toISOString() })
    expect(told?.suppression).toBeUndefined()
    expect(await steps(child?.id as string)).toEqual(['suppressed mains_failure', 'unsuppressed'])
    expect(await events()).toEqual(['raised', 'cleared', 'raised'])
  })

  test('folds in what was raised shortly before it was seen; who acknowledged that has it back afterwards', async () => {
    await apply(fridgeTransition('raised', YUBEI))
    const { id } = await one()
    await t.alerts.acknowledge(id, chief)
    t.nowMs += 2 * MINUTE_MS
    await t.alerts.applyFindings([began('gateway_offline')])
    expect((await list('suppressed')).map(alert => alert.id)).toEqual([id])
    expect(await events()).toEqual(['raised', 'acknowledged', 'cleared'])
    await t.alerts.applyFindings([ended('gateway_offline')])
    t.nowMs += 5 * MINUTE_MS
    await t.alerts.sweep()
    expect((await list('open')).map(alert => [alert.id, alert.state, alert.acknowledgedBy])).toEqual([
      [id, 'acknowledged', 'chief'],
    ])
    expect(await steps(id)).toEqual(['raised', 'acknowledged chief', 'suppressed gateway_offline', 'unsuppressed'])
  })

  test('what goes by itself while it was explained is over, and was never told', async () => {
    await t.alerts.applyFindings([began('mains_failure')])
    await apply(fridgeTransition('raised', YUBEI))
    await apply(fridgeTransition('cleared', YUBEI))
    expect((await list('all')).map(({ rule, state }) => `${rule} ${state}`).sort()).toEqual([
      'fridge_too_warm resolved',
      'station_mains_failure raised',
    ])
    expect(await events()).toEqual(['raised'])
  })

  test('of one station explains nothing of another', async () => {
    await t.alerts.applyFindings([began('mains_failure', t.nowMs, 'yuzhong-1')])
    await apply(fridgeTransition('raised', YUBEI))
    expect((await list('open')).map(({ rule }) => rule).sort()).toEqual(['fridge_too_warm', 'station_mains_failure'])
  })

  test('outlasts a restart, and then another word of it', async () => {
    await t.alerts.applyFindings([began('mains_failure')])
    await reopen()
    await t.alerts.applyFindings([began('mains_failure')])
    await apply(fridgeTransition('raised', YUBEI))
    expect((await list('standing')).map(({ rule, state }) => `${rule} ${state}`).sort()).toEqual([
      'fridge_too_warm suppressed',
      'station_mains_failure raised',
    ])
  })

  test('that is a plug switched off is told in place of what it explains, and over when it is on again', async () => {
    const plug = { kind: 'plug_off' as const, appliance: YUBEI, device: 'yubei-fridge-temp', sinceMs: t.nowMs }
    await t.alerts.applyFindings([{ station: 'yubei-1', type: 'cause_began', cause: plug, share: undefined }])
    expect(await list('standing')).toEqual([])
    t.nowMs += HOUR_MS
    await apply(fridgeTransition('raised', YUBEI))
    const [told] = await list('open')
    expect(told).toMatchObject({ rule: 'plug_switched_off', scope: 'device', severity: 'P2', appliance: YUBEI })
    expect((await list('suppressed'))[0]?.suppression).toMatchObject({ cause: 'plug_off', alert: told?.id })
    await t.alerts.applyFindings([{ station: 'yubei-1', type: 'cause_ended', cause: plug, atMs: t.nowMs }])
    expect(await list('open')).toEqual([])
    t.nowMs += 15 * MINUTE_MS
    await t.alerts.sweep()
    expect((await list('open')).map(({ rule }) => rule)).toEqual(['fridge_too_warm'])
  })
})

describe('a gateway and devices that are offline', () => {
  test('are one alert that grows graver, and one for devices that share a moment', async () => {
    const due = (isGraver: boolean): Finding => ({
      station: 'yubei-1',
      type: 'gateway_due',
      sinceMs: START,
      atMs: t.nowMs,
      isGraver,
    })
    await t.alerts.applyFindings([began('gateway_offline')])
    t.nowMs += 15 * MINUTE_MS
    await t.alerts.applyFindings([due(false)])
    t.nowMs += 15 * MINUTE_MS
    const devices = ['yubei-fridge-temp', 'yubei-other']
    await t.alerts.applyFindings([
      { station: 'yubei-1', type: 'devices_offline', devices, sinceMs: START, atMs: t.nowMs },
    ])
    t.nowMs += 30 * MINUTE_MS
    await t.alerts.applyFindings([due(true)])
    const [gateway, ...others] = await list('open')
    expect(others).toEqual([])
    expect(gateway).toMatchObject({
      rule: 'gateway_offline',
      severity: 'P2',
      evidence: { quantity: 'silence', unit: 'min', observed: 60, threshold: 60 },
    })
    expect(await list('suppressed')).toMatchObject([
      { rule: 'devices_offline', evidence: { devices }, suppression: { alert: gateway?.id } },
    ])
    await t.alerts.applyFindings([
      ended('gateway_offline'),
      { station: 'yubei-1', type: 'devices_back', devices: ['yubei-other'], atMs: t.nowMs },
    ])
    expect(await list('open')).toEqual([])
    expect((await list('suppressed'))[0]?.evidence.devices).toEqual(['yubei-fridge-temp'])
    await t.alerts.applyFindings([
      { station: 'yubei-1', type: 'devices_back', devices: ['yubei-fridge-temp'], atMs: t.nowMs },
    ])
    expect(await list('standing')).toEqual([])
  })
})

describe('a fault that comes and goes', () => {
  test('is noted once as flapping and told to nobody for two hours, but stays in the list; then its state is told once', async () => {
    for (let times = 0; times < 4; times += 1) {
      await apply(fridgeTransition('raised', YUBEI))
      t.nowMs += 5 * MINUTE_MS
      await apply(fridgeTransition('cleared', YUBEI))
      t.nowMs += 5 * MINUTE_MS
    }
    await apply(fridgeTransition('raised', YUBEI))
    const alert = await one()
    expect(await list('open')).toHaveLength(1)
    // It is cleared for the fourth time at 35 min.
    expect(alert.silence).toEqual({
      since: new Date(START + 35 * MINUTE_MS).toISOString(),
      until: new Date(START + 155 * MINUTE_MS).toISOString(),
      isFlapping: true,
    })
    expect((await steps(alert.id)).filter(step => step === 'flapping')).toHaveLength(1)
    const fourTimes = Array.from({ length: 4 }, () => ['raised', 'cleared']).flat()
    expect(await events()).toEqual(fourTimes)
    t.nowMs = START + 155 * MINUTE_MS
    await t.alerts.sweep()
    expect((await one()).silence).toBeUndefined()
    expect((await events()).slice(8)).toEqual(['raised'])
  })

  test('three times in an hour is none, nor are four in more than an hour', async () => {
    for (const gapMinutes of [5, 5, 40, 5]) {
      await apply(fridgeTransition('raised', YUBEI))
      t.nowMs += 5 * MINUTE_MS
      await apply(fridgeTransition('cleared', YUBEI))
      t.nowMs += gapMinutes * MINUTE_MS
    }
    expect((await one()).silence).toBeUndefined()
  })

  test('what a cause explained each time was told to nobody, and is no flapping', async () => {
    await t.alerts.applyFindings([began('mains_failure')])
    for (let times = 0; times < 5; times += 1) {
      await apply(fridgeTransition('raised', YUBEI))
      t.nowMs += 5 * MINUTE_MS
      await apply(fridgeTransition('cleared', YUBEI))
    }
    expect((await list('all')).every(({ silence }) => silence === undefined)).toBe(true)
  })
})

test('a late acknowledgement does not reopen a resolved alert', async () => {
  await apply(fridgeTransition('raised', YUBEI))
  const { id } = await one()
  await apply(fridgeTransition('cleared', YUBEI))
  await expect(t.alerts.acknowledge(id, chief)).rejects.toSatisfy(error => hasCode(error, 'conflict'))
  expect(await one()).toMatchObject({ state: 'resolved', revision: 2 })
})
