import { hasCode } from '@harbor/protocol'
import type { ProfileBook } from './profile-book.ts'

/**
 * The profile that comes with the system: the four appliances of a station, a plug on each, and the sensors that its rules look at. The
 * addresses are names that devices are given when they are set up; the limits of the appliances' kinds hold without being said again. A
 * plug says its power each 10 s, Tasmota's shortest TelePeriod (https://tasmota.github.io/docs/Commands/#management).
 */
const STANDARD = {
  appliances: [
    { key: 'fridge', kind: 'fridge' },
    { key: 'ac', kind: 'air_conditioner' },
    { key: 'microwave', kind: 'microwave' },
    { key: 'water', kind: 'water_dispenser' },
  ],
  devices: [
    plug('fridge-plug', 'fridge'),
    plug('ac-plug', 'ac'),
    plug('microwave-plug', 'microwave'),
    plug('water-plug', 'water'),
    { key: 'fridge-temp', vendor: 'zigbee2mqtt', address: 'fridge_temp', appliance: 'fridge', reportEveryS: 300 },
    { key: 'room', vendor: 'zigbee2mqtt', address: 'room', reportEveryS: 300 },
    { key: 'door', vendor: 'zigbee2mqtt', address: 'door' },
    { key: 'people', vendor: 'esphome', address: '{station}-people', reportEveryS: 60 },
  ],
}

function plug(key: string, appliance: string): object {
  return { key, vendor: 'tasmota', address: `{station}-${key}`, appliance, reportEveryS: 10 }
}

/** Offers it to a system that has none; what people made of it since stays. */
export async function offerStandardProfile(profiles: Pick<ProfileBook, 'create'>): Promise<void> {
  try {
    await profiles.create(
      {
        profile: 'standard',
        nameZh: '标准驿站',
        nameEn: 'Standard station',
        text: `${JSON.stringify(STANDARD, undefined, 2)}\n`,
        note: '',
      },
      'server',
    )
  } catch (error) {
    if (!hasCode(error, 'conflict')) throw error
  }
}
