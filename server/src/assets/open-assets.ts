import type { DoorCode, Person } from '@harbor/protocol'
import type { Route } from '../http/route.ts'
import { assetRoutes } from './assets.routes.ts'
import { type AssetsDeps, createAssets } from './assets.ts'
import { labelRoutes } from './labels/labels.routes.ts'

export interface OpenAssetsDeps extends AssetsDeps {
  publicUrl: string | undefined
  doorCode: (person: Person, station: string) => Promise<DoorCode>
}

/** The routes of the register and of its labels. Those with a name come first: they would be taken for a tag. */
export function openAssets({ publicUrl, doorCode, ...deps }: OpenAssetsDeps): Route[] {
  const assets = createAssets(deps)
  return [
    ...labelRoutes({ assets, doorCode, directory: deps.directory, publicUrl }),
    ...assetRoutes({ assets, nowMs: deps.nowMs }),
  ]
}
