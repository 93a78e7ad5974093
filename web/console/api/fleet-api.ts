import type { AskFile } from './ask-file.ts'
import { type BatchesApi, createBatchesApi } from './fleet-batches-api.ts'
import { type FlashApi, createFlashApi } from './fleet-flash-api.ts'
import { type ProfilesApi, createProfilesApi } from './fleet-profiles-api.ts'
import type { Ask } from './work-orders-api.ts'

/** The fleet of gateways in the HTTP API. Every method rejects with a RequestError. */
export interface FleetApi {
  profiles: ProfilesApi
  batches: BatchesApi
  flash: FlashApi
}

export function createFleetApi(ask: Ask, askFile: AskFile): FleetApi {
  return { profiles: createProfilesApi(ask), batches: createBatchesApi(ask), flash: createFlashApi(ask, askFile) }
}
