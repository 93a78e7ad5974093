import type { Vendor } from '@harbor/protocol'

/** Vendors by their own names, which no language translates. */
export const VENDOR_NAMES: Readonly<Record<Vendor, string>> = {
  tasmota: 'Tasmota',
  shelly: 'Shelly',
  zigbee2mqtt: 'Zigbee2MQTT',
  esphome: 'ESPHome',
  chirpstack: 'ChirpStack (LoRaWAN)',
  homeassistant: 'Home Assistant',
  mapping: 'JSONata',
}
