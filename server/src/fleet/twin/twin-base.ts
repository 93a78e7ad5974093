import { createHash } from 'node:crypto'
import { type GatewayConfig, configContent } from '@harbor/protocol'
import { sql } from 'kysely'
import type { RegistryDb } from '../../registry/open-registry.ts'
import type { TwinBase } from './twin-row.ts'

/** SHA-256 of a config's content, as gateways say it. */
export function configSha256(config: GatewayConfig): string {
  return createHash('sha256').update(configContent(config)).digest('hex')
}

/** The registry's side of gateways: of one, or of all. */
export async function readBases(db: RegistryDb, gateway?: string): Promise<TwinBase[]> {
  const rows = await db
    .selectFrom('gateway as g')
    .leftJoin('gateway_account as a', 'a.gateway', 'g.id')
    .leftJoin('gateway_report as r', 'r.gateway', 'g.id')
    .leftJoin('gateway_software as w', 'w.gateway', 'g.id')
    .leftJoin('gateway_config as c', join =>
      join.onRef('c.gateway', '=', 'g.id').on('c.version', '=', eb =>
        eb
          .selectFrom('gateway_config as n')
          .select(({ fn }) => fn.max('n.version').as('version'))
          .whereRef('n.gateway', '=', sql.ref('g.id')),
      ),
    )
    .select(['g.id', 'g.station', 'g.district', 'a.secret_sha256'])
    .select(['r.applied_version', 'r.version as said_version', 'r.state as said', 'r.reason'])
    .select(['w.version as software', 'c.version', 'c.document', 'c.profile', 'c.profile_version'])
    .$if(gateway !== undefined, query => query.where('g.id', '=', gateway ?? ''))
    .orderBy('g.id')
    .execute()
  const tags = await db
    .selectFrom('gateway_tag')
    .selectAll()
    .$if(gateway !== undefined, query => query.where('gateway', '=', gateway ?? ''))
    .orderBy('tag')
    .execute()
  const tagsOf = Map.groupBy(tags, row => row.gateway)
  return rows.map(row => {
    const document = row.document === null ? undefined : (JSON.parse(row.document) as GatewayConfig)
    return {
      gateway: row.id,
      station: row.station,
      district: row.district,
      isClaimed: row.secret_sha256 !== null,
      tags: tagsOf.get(row.id)?.map(({ tag }) => tag) ?? [],
      desired: document && {
        version: document.version,
        sha256: configSha256(document),
        profile:
          row.profile === null || row.profile_version === null
            ? undefined
            : { profile: row.profile, version: row.profile_version },
        devices: document.devices.map(({ id }) => id),
      },
      appliedVersion: row.applied_version ?? undefined,
      refused:
        row.said === 'refused' && row.said_version !== null
          ? { version: row.said_version, reason: row.reason ?? undefined }
          : undefined,
      desiredSoftware: row.software ?? undefined,
    }
  })
}
