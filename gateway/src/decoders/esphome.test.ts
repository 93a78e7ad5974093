import { describe, expect, it } from 'vitest'
import { esphome } from './esphome.ts'
import { told } from './readings.test-support.ts'

describe('ESPHome', () => {
  it.each([
    ['sensor/room_temperature', '23.4', 'node/room_temperature temperature 23.4'],
    ['sensor/room_humidity', '51.0', 'node/room_humidity humidity 51'],
    ['sensor/people', '4', 'node/people people 4'],
    ['sensor/people_count', '4', 'node/people_count people 4'],
    ['sensor/people_in', '120', 'node/people_in people_in 120'],
    ['sensor/plug_power', '812.5', 'node/plug_power power 812.5'],
    ['sensor/power_2', '1.5', 'node#2/power_2 power 1.5'],
    ['sensor/plug_voltage', '229.9', 'node/plug_voltage voltage 229.9'],
    ['sensor/plug_current', '3.5', 'node/plug_current current 3.5'],
    ['sensor/plug_power_factor', '0.9', 'node/plug_power_factor power_factor 0.9'],
    ['sensor/plug_energy', '1200', 'node/plug_energy energy 1200'],
    ['sensor/plug_energy_kwh', '1.2', 'node/plug_energy_kwh energy 1200'],
    ['sensor/wifi_signal', '-61', 'node/wifi_signal rssi -61'],
    ['sensor/esp_temperature', '48', 'node/esp_temperature device_temperature 48'],
    ['sensor/battery_level', '88', 'node/battery_level battery 88'],
    ['binary_sensor/front_door', 'ON', 'node/front_door door 1'],
    ['binary_sensor/water_leak', 'OFF', 'node/water_leak leak 0'],
    ['binary_sensor/smoke', 'ON', 'node/smoke smoke 1'],
    ['binary_sensor/room_occupancy', 'ON', 'node/room_occupancy occupancy 1'],
    ['switch/relay_1', 'OFF', 'node#1/relay_1 relay 0'],
  ])('reads %s %s', (object, payload, expected) => {
    expect(told(esphome, `node/${object}/state`, payload)).toEqual([expected])
  })

  it.each([
    ['node/sensor/target_temperature/state', '20', 'ignored'],
    ['node/sensor/plug_daily_energy/state', '0.5', 'ignored'],
    ['node/sensor/battery_voltage/state', '3.1', 'ignored'],
    ['node/sensor/wifi_signal_percent/state', '80', 'ignored'],
    ['node/sensor/soil_humidity/state', '40', 'ignored'],
    ['node/sensor/uptime/state', '12345', 'ignored'],
    ['node/switch/restart/state', 'OFF', 'ignored'],
    ['node/text_sensor/version/state', '2026.1', 'ignored'],
    ['node/switch/relay/command', 'ON', 'ignored'],
    ['node/debug', '[D][sensor:93]', 'ignored'],
    ['node/status', '', 'ignored'],
    ['node/sensor/people/state', '', 'ignored'],
    ['node/sensor/people/state', 'nan', 'rejected not_finite'],
    ['node/sensor/people/state', 'unavailable', 'rejected wrong_type'],
    ['node/sensor/people/state', '-1', 'rejected out_of_range'],
    ['node/sensor/people/state', '0x10', 'rejected wrong_type'],
    ['node/sensor/people/state', '9'.repeat(100), 'rejected too_large'],
    ['node/binary_sensor/door/state', 'ajar', 'rejected wrong_type'],
    ['node/status', 'dead', 'rejected wrong_type'],
  ])('makes no wrong value of %s %j', (topic, payload, expected) => {
    expect(told(esphome, topic, payload)).toEqual([expected])
  })

  it('reads birth and last will', () => {
    expect(told(esphome, 'node/status', 'online')).toEqual(['node online 1'])
    expect(told(esphome, 'room/node/status', 'offline')).toEqual(['room/node online 0'])
  })
})
