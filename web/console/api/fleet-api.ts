import type { AskFile } from './ask-file.ts'
import { type BatchesApi, createBatchesApi } from './fleet-batches-api.ts'
import { type FlashApi, createFlashApi } from './fleet-flash-api.ts'
import { type ProfilesApi, createProfilesApi } from './fleet-profiles-api.ts'
import { type RolloutsApi, createRolloutsApi } from './fleet-rollouts-api.ts'
import { type TwinApi, createTwinApi } from './fleet-twin-api.ts'
import type { Ask } from './work-orders-api.ts'

/** The fleet of gateways in the HTTP API. Every method rejects with a RequestError. */
export interface FleetApi {
  profiles: ProfilesApi
  batches: BatchesApi
  flash: FlashApi
  twin: TwinApi
  rollouts: RolloutsApi
}

export function createFleetApi(ask: Ask, askFile: AskFile): FleetApi {
  return {
    profiles: createProfilesApi(ask),
    batches: createBatchesApi(ask),
    flash: createFlashApi(ask, askFile),
    twin: createTwinApi(ask),
    rollouts: createRolloutsApi(ask),
  }
}
