import {
  type Firmware,
  type FirmwareList,
  type Software,
  type SoftwareList,
  firmwareListSchema,
  type firmwareQuerySchema,
  firmwareSchema,
  type newBundleSchema,
  type reissueSchema,
  softwareListSchema,
  softwareSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import type { AskFile } from './ask-file.ts'
import { fleetPath } from './fleet-path.ts'
import type { Ask } from './work-orders-api.ts'

/** As they are asked for: what is left out has its default. */
export type WishedBundle = z.input<typeof newBundleSchema>
export type WishedReissue = z.input<typeof reissueSchema>
/** One part of an image. */
export type ImagePart = z.input<typeof firmwareQuerySchema>

/** What is written onto cards, boards and devices. */
export interface FlashApi {
  /** A ZIP for SD cards. */
  bundle: (wish: WishedBundle) => Promise<Uint8Array<ArrayBuffer>>
  /** The same for one gateway, with a new token. */
  gatewayBundle: (gateway: string, wish: WishedReissue) => Promise<Uint8Array<ArrayBuffer>>
  firmware: (signal?: AbortSignal) => Promise<FirmwareList>
  addFirmware: (part: ImagePart, file: Blob) => Promise<Firmware>
  removeFirmware: (firmware: string) => Promise<void>
  software: (signal?: AbortSignal) => Promise<SoftwareList>
  addSoftware: (version: string, file: Blob) => Promise<Software>
  removeSoftware: (version: string) => Promise<void>
}

const nothingSchema = z.undefined()

export function createFlashApi(ask: Ask, askFile: AskFile): FlashApi {
  return {
    bundle: wish => askFile(fleetPath('bundles'), wish),
    gatewayBundle: (gateway, wish) => askFile(fleetPath('gateways', gateway, 'bundle'), wish),
    firmware: signal => ask(fleetPath('firmware'), firmwareListSchema, { signal }),
    addFirmware: (part, file) => {
      const query = new URLSearchParams(Object.entries(part).map(([name, value]) => [name, String(value)]))
      return ask(`${fleetPath('firmware')}?${query}`, firmwareSchema, {
        method: 'POST',
        body: new Blob([file], { type: 'application/octet-stream' }),
      })
    },
    removeFirmware: async firmware => {
      await ask(fleetPath('firmware', firmware), nothingSchema, { method: 'DELETE' })
    },
    software: signal => ask(fleetPath('software'), softwareListSchema, { signal }),
    addSoftware: (version, file) =>
      ask(`${fleetPath('software')}?${new URLSearchParams({ version })}`, softwareSchema, {
        method: 'POST',
        body: new Blob([file], { type: 'application/gzip' }),
      }),
    removeSoftware: async version => {
      await ask(fleetPath('software', version), nothingSchema, { method: 'DELETE' })
    },
  }
}
