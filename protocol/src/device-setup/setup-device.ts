import type { Wifi } from '../bundles.ts'
import type { SetupWay } from '../device-setup.ts'

/** What is set up, and where it is to speak. */
export interface SetupDevice {
  /** What the vendor's messages are to call it. */
  address: string
  /** Sensors inside it that the config names by themselves: `DS18B20`, `fridge_temperature`. */
  parts: readonly string[]
  /** Seconds between two reports. */
  reportEveryS: number
}

/** Where the gateway listens, and the network that leads there. */
export interface SetupNetwork {
  host: string
  port: number
  /** IANA name. */
  timeZone: string
  /** Undefined: the device has its network already. */
  wifi: Wifi | undefined
}

/** In both languages. */
export interface SetupWords {
  zh: string
  en: string
}

/** The ways of setting a device up, or why there is none. */
export type SetupWays = { ways: SetupWay[] } | { problem: SetupWords }

/** One vendor's texts. Pure; the same question has the same answer. */
export type SetupBuilder = (device: SetupDevice, network: SetupNetwork) => SetupWays

export function problem(zh: string, en: string): SetupWays {
  return { problem: { zh, en } }
}
