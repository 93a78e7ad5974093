import { array, assert, integer, nat, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EMPTY_PROFILE,
  freeKey,
  lineSpan,
  textOf,
  tryParseProfile,
  withAppliance,
  withDevice,
  withoutAppliance,
} from './profile-draft.ts'

const PROFILE = {
  appliances: [
    { key: 'fridge', kind: 'fridge' as const },
    { key: 'ac', kind: 'air_conditioner' as const },
  ],
  devices: [
    { key: 'fridge-plug', vendor: 'tasmota' as const, address: 'fridge-{site}', appliance: 'fridge', reportEveryS: 10 },
    { key: 'room', vendor: 'zigbee2mqtt' as const, address: 'room' },
  ],
}

describe('a profile that is being written', () => {
  it('is the same after a way through its text', () => {
    expect(tryParseProfile(textOf(PROFILE))).toEqual(PROFILE)
    expect(tryParseProfile(EMPTY_PROFILE)).toEqual({ appliances: [], devices: [] })
  })

  it.each(['', '{', '[]', '{"devices":1}', '{"devices":[],"speed":3}'])('is none of %j', text => {
    expect(tryParseProfile(text)).toBeUndefined()
  })

  it('keeps devices on an appliance that gets another name', () => {
    const { appliances, devices } = withAppliance(PROFILE, 0, { key: 'cooler' })
    expect(appliances[0]).toEqual({ key: 'cooler', kind: 'fridge' })
    expect(devices.map(({ appliance }) => appliance)).toEqual(['cooler', undefined])
  })

  it('lets devices of an appliance that is taken out watch the station', () => {
    const { appliances, devices } = withoutAppliance(PROFILE, 0)
    expect(appliances.map(({ key }) => key)).toEqual(['ac'])
    expect(devices[0]).not.toHaveProperty('appliance')
    expect(devices[0]).toMatchObject({ key: 'fridge-plug', reportEveryS: 10 })
  })

  it('no longer says of a device what was cleared', () => {
    expect(withDevice(PROFILE, 0, { reportEveryS: undefined }).devices[0]).not.toHaveProperty('reportEveryS')
  })

  it('is left as it is by a change of what it does not have', () => {
    expect(withDevice(PROFILE, 7, { address: 'x' })).toBe(PROFILE)
    expect(withAppliance(PROFILE, 7, { key: 'x' })).toBe(PROFILE)
  })
})

describe('a new name', () => {
  it('is never one that is taken', () => {
    assert(
      property(array(integer({ min: 1, max: 30 })), numbers => {
        const taken = numbers.map(n => ({ key: n === 1 ? 'plug' : `plug-${n}` }))
        expect(taken.map(({ key }) => key)).not.toContain(freeKey('plug', taken))
      }),
    )
  })

  it('is the stem itself while nothing has it', () => expect(freeKey('plug', [{ key: 'plug-2' }])).toBe('plug'))
})

describe('the place of a line', () => {
  it('is the text of that line', () => {
    assert(
      property(
        array(
          string().map(text => text.replaceAll('\n', '')),
          { minLength: 1 },
        ),
        nat(),
        (lines, n) => {
          const line = n % lines.length
          const text = lines.join('\n')
          expect(text.slice(...lineSpan(text, line + 1))).toBe(lines[line])
        },
      ),
    )
  })

  it('is the end where there is no such line', () => expect(lineSpan('a\nb', 3)).toEqual([3, 3]))
})
