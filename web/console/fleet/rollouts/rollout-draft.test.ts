import { newRolloutSchema } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { newDraft, readDraft } from './rollout-draft.ts'

const EMPTY = newDraft(new URLSearchParams())
const GOOD = { ...EMPTY, name: 'Rates, October', target: 'standard' }

describe('a rollout that is being written', () => {
  it('begins with one, a tenth, all', () => {
    const { rollout } = readDraft(GOOD)
    expect(rollout?.stages).toEqual([
      { by: 'count', count: 1 },
      { by: 'percent', percent: 10 },
      { by: 'percent', percent: 100 },
    ])
  })

  it('is what the server takes', () => {
    const { rollout } = readDraft({
      ...GOOD,
      region: '500103',
      tags: 'pilot, batch-7',
      ofProfile: 'standard',
      gateways: 'gw-1\ngw-2',
      stages: [
        { by: 'regions', value: '500103012' },
        { by: 'tags', value: 'pilot' },
      ],
    })
    expect(newRolloutSchema.parse(rollout)).toMatchObject({
      selection: {
        regions: ['500103'],
        tags: ['pilot', 'batch-7'],
        profile: 'standard',
        gateways: ['gw-1', 'gw-2'],
      },
      // Ten minutes, half an hour, a day.
      health: { steadyMs: 600_000, settleMs: 1_800_000, offlineMs: 86_400_000 },
    })
  })

  it('takes its gateways from an address', () => {
    const query = new URLSearchParams({ region: '500103', tag: 'pilot', profile: 'standard' })
    expect(newDraft(query)).toMatchObject({ region: '500103', tags: 'pilot', ofProfile: 'standard' })
  })

  it.each([
    [{ name: ' ' }, 'name'],
    [{ target: '' }, 'target'],
    [{ region: '5001' }, 'region'],
    [{ tags: 'A B' }, 'tags'],
    [{ gateways: 'gw_1' }, 'gateways'],
    [{ stages: [] }, 'stages'],
    [{ stages: [{ by: 'percent', value: '0' }] }, 'stages'],
    [{ stages: [{ by: 'percent', value: '101' }] }, 'stages'],
    [{ stages: [{ by: 'percent', value: '' }] }, 'stages'],
    [{ stages: [{ by: 'count', value: '1.5' }] }, 'stages'],
    [{ stages: [{ by: 'tags', value: '' }] }, 'stages'],
    [{ stages: [{ by: 'regions', value: 'here' }] }, 'stages'],
    [{ settleMinutes: '0' }, 'times'],
    [{ offlineHours: '-1' }, 'times'],
    [{ steadyMinutes: 'soon' }, 'times'],
    [{ maxFailures: '-1' }, 'failures'],
    [{ maxFailures: '1.5' }, 'failures'],
  ] as const)('%o is wrong in %s', (change, problem) => {
    expect(readDraft({ ...GOOD, ...change } as typeof GOOD).problems).toEqual([problem])
  })

  it('may be steady at once', () => {
    expect(readDraft({ ...GOOD, steadyMinutes: '0' }).rollout?.health?.steadyMs).toBe(0)
  })
})
