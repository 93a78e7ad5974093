import { chirpstack } from './chirpstack.ts'
import type { Decoder } from './decoder.ts'
import { esphome } from './esphome.ts'
import { shelly } from './shelly.ts'
import { tasmota } from './tasmota.ts'
import { zigbee2mqtt } from './zigbee2mqtt.ts'

/** Every dialect there is. A new one is a file beside these and a line here. */
export const DECODERS: readonly Decoder[] = [tasmota, chirpstack, zigbee2mqtt, shelly, esphome]
