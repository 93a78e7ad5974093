import { z } from 'zod'
import { districtSchema, streetCodeSchema } from './ids.ts'

const counted = {
  nameZh: z.string(),
  nameEn: z.string(),
  /** Registered in it and within the asker's scope. */
  stations: z.int().nonnegative(),
}

/** A street or town of a district. */
export const streetInScopeSchema = z.object({ street: streetCodeSchema, ...counted })

/** A district in which somebody may see something. */
export const districtInScopeSchema = z.object({
  district: districtSchema,
  ...counted,
  /** Whether all of the district is the asker's; false for who is limited to streets of it. */
  isWhole: z.boolean(),
  /** Those within the asker's scope, by code. A district has none where nobody registered its streets. */
  streets: z.array(streetInScopeSchema),
})

/** GET /api/v1/regions: what the asker may choose to look at. The code of a district or street is what queries take as `region`. */
export const regionsSchema = z
  .object({
    /** Whether the asker sees the whole city; else no `region` in a query means all of these districts or streets. */
    isWholeCity: z.boolean(),
    /** In all of them. */
    stations: z.int().nonnegative(),
    /** By code. */
    districts: z.array(districtInScopeSchema),
  })
  .meta({ id: 'Regions' })
export type Regions = z.infer<typeof regionsSchema>
export type DistrictInScope = z.infer<typeof districtInScopeSchema>
export type StreetInScope = z.infer<typeof streetInScopeSchema>
