import type { FleetAuditPage, FleetAuditQuery, Person } from '@harbor/protocol'
import type { RegistryDb } from '../../registry/open-registry.ts'
import { withinScope } from '../../people/scope.ts'

/** The fleet's record, as people read it. */
export interface FleetAudit {
  /** Newest first; only what lies within the person's districts. */
  page: (person: Person, query: FleetAuditQuery) => Promise<FleetAuditPage>
}

export function createFleetAudit(db: RegistryDb): FleetAudit {
  return {
    page: async (person, { gateway, station, act, by, before, limit }) => {
      const rows = await db
        .selectFrom('fleet_audit')
        .selectAll()
        .where(withinScope(person, { district: 'fleet_audit.district', station: 'fleet_audit.station' }))
        .$if(gateway !== undefined, q => q.where('gateway', '=', gateway as string))
        .$if(station !== undefined, q => q.where('station', '=', station as string))
        .$if(act !== undefined, q => q.where('act', '=', act as NonNullable<typeof act>))
        .$if(by !== undefined, q => q.where('actor', '=', by as string))
        .$if(before !== undefined, q => q.where('seq', '<', before as number))
        .orderBy('seq', 'desc')
        // One more than is shown says whether there is a next page.
        .limit(limit + 1)
        .execute()
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      return {
        rows: shown.map(row => ({
          seq: row.seq,
          at: new Date(row.at_ms).toISOString(),
          act: row.act,
          by: row.actor,
          ...(row.gateway !== null && { gateway: row.gateway }),
          ...(row.station !== null && { station: row.station }),
          ...(row.district !== null && { district: row.district }),
          detail: JSON.parse(row.detail) as FleetAuditPage['rows'][number]['detail'],
        })),
        ...(rows.length > limit && last !== undefined && { next: last.seq }),
      }
    },
  }
}
