import { gatewayConfigSchema } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { ownText } from './own-settings.ts'

const CONFIG = gatewayConfigSchema.parse({
  version: 3,
  gateway: 'gw-500103-01',
  station: 'cq-500103-01',
  district: '500103',
  timeZone: 'Asia/Shanghai',
  mqttUrl: 'mqtt://broker',
  lanPort: 1_884,
  devices: [
    { id: 'plug', vendor: 'tasmota', address: 'plug', appliance: 'cq-500103-01-fridge', applianceKind: 'fridge' },
  ],
})
const from = (path: string, origin: 'default' | 'override') => ({ path, value: '', from: origin })

describe("what is a gateway's own of its config", () => {
  it('is its overrides where it has a profile', () => {
    const overrides = { devices: { plug: { isAbsent: true } } }
    const source = { profile: 'standard', version: 2, overrides }
    expect(JSON.parse(ownText({ source, config: CONFIG, origins: [] }))).toEqual(overrides)
  })

  it('is without what follows from the server and the register', () => {
    const origins = [from('/timeZone', 'default'), from('/mqttUrl', 'default'), from('/lanPort', 'override')]
    expect(JSON.parse(ownText({ config: CONFIG, origins }))).toEqual({
      lanPort: 1_884,
      devices: [{ id: 'plug', vendor: 'tasmota', address: 'plug', appliance: 'cq-500103-01-fridge' }],
    })
  })

  it('is no device where it was never given a config', () => {
    expect(JSON.parse(ownText(undefined))).toEqual({ devices: [] })
  })
})
