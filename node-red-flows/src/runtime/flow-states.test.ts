import { expect, test } from 'vitest'
import { createFlowStates } from './flow-states.ts'

function states() {
  const settings = { missing: 'X_URL not set' as string | undefined }
  const flows = [
    { id: 'a', name: 'A', off: () => settings.missing },
    { id: 'b', name: 'B', off: () => undefined, note: () => 'noted' },
  ]
  return { settings, flows: createFlowStates(flows, () => 0) }
}

test('a flow that lacks a setting runs nothing, and says what it lacks in its status and to the server', async () => {
  const { settings, flows } = states()
  let runs = 0
  const work = () => {
    runs += 1
    return runs
  }
  expect(await flows.run('a', work)).toBeNull()
  expect(flows.status('a')).toEqual({ fill: 'grey', shape: 'ring', text: 'off: X_URL not set' })
  expect(flows.list()[0]).toEqual({ id: 'a', name: 'A', state: 'off', reason: 'off: X_URL not set' })
  settings.missing = undefined
  expect(await flows.run('a', work)).toBe(1)
  expect(flows.list()[0]).toMatchObject({ state: 'on', lastRunAt: '1970-01-01T00:00:00.000Z' })
})

test('a run that failed is an error with its words until one succeeds, and the error goes on to the flow', async () => {
  const { flows } = states()
  await expect(flows.run('b', () => Promise.reject(new RangeError('no answer')))).rejects.toThrow('no answer')
  expect(flows.status('b')).toEqual({ fill: 'red', shape: 'ring', text: 'error: no answer' })
  expect(flows.list()[1]).toMatchObject({ state: 'error', reason: 'no answer' })
  await flows.run('b', () => undefined)
  expect(flows.status('b', 'did it')).toEqual({ fill: 'green', shape: 'dot', text: 'did it · noted' })
})

test('a tab that somebody disabled is off', () => {
  const { flows } = states()
  flows.setDisabled(new Set(['b']))
  expect(flows.list()[1]).toMatchObject({ state: 'off', reason: 'off: disabled' })
})
