import type { GatewayConfig } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { cutByLeak, cutBySmoke, isSwitchable, limitsOf, safetyProblem } from './limits.ts'

type Device = GatewayConfig['devices'][number]
const device = (id: string, more: Partial<Device> = {}): Device => ({ id, vendor: 'tasmota', address: id, ...more })

const STATION: Device[] = [
  device('fridge-plug', { applianceKind: 'fridge', appliance: 'fridge' }),
  device('ac-plug', { applianceKind: 'air_conditioner', appliance: 'ac' }),
  device('microwave-plug', { applianceKind: 'microwave', appliance: 'microwave' }),
  device('water-plug', { applianceKind: 'water_dispenser', appliance: 'water' }),
  device('lamp'),
  device('leak-at-water', { applianceKind: 'water_dispenser', appliance: 'water' }),
  device('leak-at-fridge', { applianceKind: 'fridge', appliance: 'fridge' }),
  device('leak-in-room'),
]
const sensor = (id: string) => STATION.find(candidate => candidate.id === id) ?? device(id)

describe('smoke', () => {
  it('cuts what makes heat or drives air, and never the fridge or what may be the light', () => {
    expect(cutBySmoke(STATION)).toEqual(['ac-plug', 'microwave-plug', 'water-plug', 'leak-at-water'])
  })
})

describe('a leak', () => {
  it('cuts what is on the same appliance', () => {
    expect(cutByLeak(STATION, sensor('leak-at-water'))).toEqual(['water-plug'])
  })

  it('in the room cuts the water dispensers', () => {
    expect(cutByLeak(STATION, sensor('leak-in-room'))).toEqual(['water-plug', 'leak-at-water'])
  })

  it('never cuts the fridge beside it by itself, but whatever the config names', () => {
    expect(cutByLeak(STATION, sensor('leak-at-fridge'))).toEqual([])
    expect(cutByLeak(STATION, device('leak', { safety: { cutsOnLeak: ['fridge-plug'] } }))).toEqual(['fridge-plug'])
    expect(cutByLeak(STATION, device('leak', { safety: { cutsOnLeak: [] } }))).toEqual([])
  })
})

describe("a device's limits", () => {
  it('are its own where its config has them, and those of its kind otherwise', () => {
    const own = limitsOf(device('m', { applianceKind: 'microwave', safety: { ratedCurrentA: 16, overrun: null } }))
    expect(own).toMatchObject({ ratedCurrentA: 16, overrun: undefined, plugTemperatureC: 70, cutOnSmoke: true })
    expect(limitsOf(device('m', { applianceKind: 'microwave' }))).toMatchObject({
      ratedCurrentA: 10,
      overrun: { aboveW: 500, forMs: 2_100_000 },
    })
  })

  it('let a command switch whatever is known not to be a fridge, unless the config says otherwise', () => {
    expect(STATION.filter(isSwitchable).map(({ id }) => id)).not.toContain('fridge-plug')
    expect(
      [device('a', { applianceKind: 'microwave' }), device('b'), device('c', { switchable: true })].map(isSwitchable),
    ).toEqual([true, false, true])
    expect(isSwitchable(device('d', { applianceKind: 'microwave', switchable: false }))).toBe(false)
  })

  it('may only name devices that there are', () => {
    expect(safetyProblem({ devices: STATION })).toBeUndefined()
    expect(safetyProblem({ devices: [device('leak', { safety: { cutsOnLeak: ['gone'] } })] })).toContain('"gone"')
  })
})
