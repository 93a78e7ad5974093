import { APPLIANCE_KINDS, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute } from '../http/route.ts'
import type { LiveDirectory } from '../registry/directory.ts'

const foundApplianceSchema = z
  .object({ id: idSchema, station: idSchema, kind: z.enum(APPLIANCE_KINDS) })
  .meta({ id: 'FoundAppliance' })

/** What the code on an appliance stands for. */
export function applianceRoutes({
  appliances,
  applianceRevision,
}: Pick<LiveDirectory, 'appliances' | 'applianceRevision'>): Route[] {
  let byTag: { revision: number; ids: ReadonlyMap<string, string> } | undefined
  const idOfTag = (tag: string): string | undefined => {
    const revision = applianceRevision()
    if (byTag?.revision !== revision) {
      const ids = new Map<string, string>()
      for (const { id, assetTag } of appliances.values()) if (assetTag !== undefined) ids.set(assetTag, id)
      byTag = { revision, ids }
    }
    return byTag.ids.get(tag)
  }
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/appliances/{tag}',
      summary: 'The appliance with this id or asset tag, and its station: what the code on it leads to.',
      allow: 'anyone',
      params: z.object({ tag: z.string().min(1).max(80) }),
      response: foundApplianceSchema,
      handle: async ({ params: { tag } }) => {
        const appliance = appliances.get(tag) ?? appliances.get(idOfTag(tag) ?? '')
        if (appliance === undefined) throw new ApiProblem('not_found', `there is no appliance ${tag}`)
        const { id, station, kind } = appliance
        return { body: { id, station, kind }, cacheControl: 'no-cache' }
      },
    }),
  ]
}
