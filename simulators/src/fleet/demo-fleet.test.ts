import { readFile } from 'node:fs/promises'
import { fleetSchema } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { speakersOf } from '../devices/dialects.ts'
import { parseWeeklyHours } from '../physics/opening-hours.ts'
import { buildDemoFleet } from './demo-fleet.ts'
import { DEMO_MODELS, timeScalesOf } from './demo-models.ts'
import { parsePlaces } from './places.ts'

const csv = await readFile(new URL('../../fleet/places.csv', import.meta.url), 'utf8')
const places = parsePlaces(csv)
const fleet = buildDemoFleet(places)
const districtOf = (gateway: string) => fleet.gateways.find(({ id }) => id === gateway)?.district

const watched = fleet.stations.filter(({ id }) => fleet.gateways.some(({ station }) => station === id))
const quiet = fleet.stations.filter(station => !watched.includes(station))

test('48 stations with sensors and 8 without stand at the 56 places, 17 in Yuzhong, and every district has one', () => {
  expect(places).toHaveLength(56)
  expect(fleetSchema.parse(fleet)).toEqual(fleet)
  expect([watched.length, quiet.length]).toEqual([48, 8])
  expect(new Set(fleet.stations.map(({ latDeg, lngDeg }) => `${latDeg} ${lngDeg}`)).size).toBe(56)
  expect(fleet.stations.filter(({ district }) => district === '500103')).toHaveLength(17)
  expect(fleet.regions.map(({ district }) => district)).toEqual(
    [...new Set(places.map(place => place.district))].sort(),
  )
})

test('every station is in a street of its district, and each street has its names', () => {
  for (const { street, district } of fleet.stations) expect(street?.slice(0, 6)).toBe(district)
  expect(new Set(fleet.streets.map(({ street }) => street))).toEqual(
    new Set(fleet.stations.map(({ street }) => street)),
  )
  expect(fleet.streets).toContainEqual({ street: '500103003', nameZh: '解放碑街道', nameEn: 'Jiefangbei Subdistrict' })
  for (const { nameZh } of fleet.streets) expect(nameZh).toMatch(/(街道|镇)$/)
})

test('every station says that it is one of the demo, in both languages', () => {
  for (const { nameZh, nameEn } of fleet.stations) {
    expect(nameZh.endsWith('劳动者港湾（演示）')).toBe(true)
    expect(nameEn.endsWith("Workers' Harbor (demo)")).toBe(true)
  }
  expect(fleet.stations).toContainEqual(
    expect.objectContaining({
      id: 'cq-500103-01',
      nameZh: '解放碑劳动者港湾（演示）',
      nameEn: "Jiefangbei Workers' Harbor (demo)",
    }),
  )
})

test('ids are unique, and an address is unique at its gateway', () => {
  for (const records of [fleet.stations, fleet.appliances, fleet.gateways, fleet.devices]) {
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
  }
  const addresses = fleet.devices.map(({ gateway, vendor, address }) => `${gateway} ${vendor} ${address}`)
  expect(new Set(addresses).size).toBe(addresses.length)
})

test('each station with sensors has four appliances and the eight devices of the demo', () => {
  for (const { id } of watched) {
    const number = id.slice('cq-'.length)
    expect(fleet.appliances.filter(({ station }) => station === id).map(({ id }) => id)).toEqual(
      ['fridge', 'ac', 'microwave', 'water'].map(name => `${id}-${name}`),
    )
    expect(fleet.devices.filter(({ gateway }) => gateway === `gw-${number}`).map(({ id }) => id)).toEqual(
      ['fridge-plug', 'fridge-temp', 'ac-plug', 'microwave-plug', 'water-plug', 'room', 'door', 'people'].map(
        name => `${number}-${name}`,
      ),
    )
  }
})

test('each vendor whose plugs can be bought in a shop occurs in each district', () => {
  for (const { district } of fleet.regions) {
    const vendors = fleet.devices.filter(({ gateway }) => districtOf(gateway) === district).map(({ vendor }) => vendor)
    expect(new Set(vendors)).toEqual(new Set(['tasmota', 'shelly', 'zigbee2mqtt', 'esphome']))
  }
})

test('what lives faster is judged faster by as much, and its model says so', () => {
  expect(fleet.ruleOverrides).toContainEqual({ rule: 'fridge_too_warm', model: 'demo-fridge-x60', timeScale: 60 })
  const plugged = fleet.appliances.filter(({ station }) => watched.some(({ id }) => id === station))
  for (const { kind, model } of plugged) expect(model).toBe(DEMO_MODELS[kind].model)
  for (const { model, timeScale } of Object.values(DEMO_MODELS)) expect(model.endsWith(`-x${timeScale}`)).toBe(true)
  expect(timeScalesOf(fleet, 'cq-500103-01')).toEqual({ fridge: 60, climate: 20, water: 20 })
  const ruleOverrides = fleet.ruleOverrides.map(one => ({ ...one, timeScale: one.timeScale * 4 }))
  expect(timeScalesOf({ ...fleet, ruleOverrides }, 'cq-500103-01')).toEqual({ fridge: 240, climate: 80, water: 80 })
  expect(timeScalesOf({ ...fleet, appliances: [] }, 'cq-500103-01')).toEqual({ fridge: 1, climate: 1, water: 1 })
})

test('hours, seats and facilities differ, and what is open all night says so', () => {
  expect(new Set(fleet.stations.map(({ hours }) => hours)).size).toBeGreaterThan(5)
  for (const { hours, capacity, facilities } of watched) {
    expect(parseWeeklyHours(hours ?? '').length).toBe(7)
    expect(capacity).toBeGreaterThanOrEqual(3) // docs/domain.md 1.3
    expect(capacity).toBeLessThanOrEqual(32) // 80 m2 over 2.5
    expect(facilities.includes('night')).toBe(hours === '24/7')
    expect(new Set(facilities).size).toBe(facilities.length)
  }
  expect(new Set(fleet.stations.map(({ facilities }) => facilities.join())).size).toBeGreaterThan(10)
})

test('stations without sensors have hours of every kind, and nobody has made up a telephone number', () => {
  const hours = quiet.map(station => station.hours ?? 'not known')
  expect(new Set(hours).size).toBe(8)
  for (const part of ['PH off', ',14:30', 'unstaffed', 'Oct-May', 'not known'])
    expect(hours.filter(text => text.includes(part)).length).toBeGreaterThan(0)
  for (const { id } of quiet) {
    expect(fleet.appliances.filter(({ station }) => station === id).length).toBeGreaterThan(0)
    expect(fleet.devices.filter(device => device.id.startsWith(id.slice('cq-'.length)))).toEqual([])
  }
  expect(fleet.stations.filter(({ phone }) => phone !== undefined)).toEqual([])
  expect(new Set(fleet.stations.map(({ hostKind }) => hostKind)).size).toBeGreaterThan(8)
})

test('every device of it can be simulated', () => {
  for (const { id } of fleet.gateways) {
    const devices = fleet.devices.filter(({ gateway }) => gateway === id)
    expect(speakersOf(id, devices, 0).flatMap(speaker => speaker.devices)).toHaveLength(devices.length)
  }
})

test.each([
  ['a_zh,b', 'expected the header'],
  [`${csv.split('\n')[0]}\n解放碑,Jiefangbei,渝中区,Yuzhong,500103,106.5`, 'line 2'],
  [`${csv.split('\n')[0]}\n解放碑,Jiefangbei,渝中区,Yuzhong,500103,206.5,29.5`, 'lngDeg'],
  [`${csv.split('\n')[0]}\n解放碑,Jiefangbei,渝中区,Yuzhong,5001,106.5,29.5`, 'district'],
  [
    `${csv.split('\n')[0]}\n解放碑,Jiefangbei,渝中区,Yuzhong,500103,106.5,29.5,解放碑街道,Jiefangbei,500103003,more`,
    'more fields',
  ],
  [
    `${csv.split('\n')[0]}\n解放碑,Jiefangbei,渝中区,Yuzhong,500103,106.5,29.5,观音桥街道,Guanyinqiao,500105006`,
    'not in district',
  ],
])('places that cannot be read are refused with the line (%#)', (text, named) => {
  expect(() => parsePlaces(text)).toThrowError(named)
})
