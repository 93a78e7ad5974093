import type { AlertList } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { alert } from '../test/fixture-data.ts'
import { mergeAlert } from './merge-alert.ts'

const NOW = Date.parse('2026-07-30T04:00:00.000Z')
const list = (...alerts: AlertList['alerts']): AlertList => ({ at: new Date(NOW).toISOString(), alerts })
const raised = alert('a', NOW)
const acknowledged = alert('a', NOW, { state: 'acknowledged', revision: 2 })
const resolved = alert('a', NOW, { state: 'resolved', revision: 3 })
const reopened = alert('a', NOW, { state: 'raised', revision: 4 })
const suppressed = alert('a', NOW, { state: 'suppressed', revision: 5 })

describe('mergeAlert', () => {
  it('puts an unknown alert first', () => {
    expect(mergeAlert(list(alert('b', NOW)), raised, 'open').alerts.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('replaces a known alert where it stands', () => {
    const merged = mergeAlert(list(alert('b', NOW), raised), acknowledged, 'open')
    expect(merged.alerts.map(({ id, state }) => `${id} ${state}`)).toEqual(['b raised', 'a acknowledged'])
  })

  it('never takes an alert back to what it was before', () => {
    const known = list(acknowledged)
    expect(mergeAlert(known, raised, 'open')).toBe(known)
  })

  it('takes a reopened alert for what it is', () => {
    expect(mergeAlert(list(resolved), reopened, 'all').alerts).toEqual([reopened])
    expect(mergeAlert(list(), reopened, 'open').alerts).toEqual([reopened])
  })

  it('takes an alert that a cause explains out of the open ones, and keeps it among the standing', () => {
    expect(mergeAlert(list(reopened), suppressed, 'open').alerts).toEqual([])
    expect(mergeAlert(list(reopened), suppressed, 'standing').alerts).toEqual([suppressed])
  })

  it('takes a resolved alert out of the open ones and keeps it among all', () => {
    expect(mergeAlert(list(raised), resolved, 'open').alerts).toEqual([])
    expect(mergeAlert(list(raised), resolved, 'all').alerts).toEqual([resolved])
  })

  it('does not add an alert to the open ones that is resolved already', () => {
    expect(mergeAlert(list(), resolved, 'open').alerts).toEqual([])
  })
})
