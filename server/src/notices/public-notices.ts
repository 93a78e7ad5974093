import type { PublicNotice } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'

/** What visitors are shown of one station. */
const MAX_PUBLIC = 20

/** What stands at stations for everybody, in memory: each look at a station asks. */
export interface PublicNotices {
  /** Reads what stands now. */
  refresh: () => Promise<void>
  /** Newest first. */
  at: (station: string) => readonly PublicNotice[]
}

const NONE: readonly PublicNotice[] = []

export function createPublicNotices(db: RegistryDb): PublicNotices {
  let byStation: ReadonlyMap<string, readonly PublicNotice[]> = new Map()
  return {
    at: station => byStation.get(station) ?? NONE,
    refresh: async () => {
      const notices = await db
        .selectFrom('notice')
        .leftJoin('notice_end', 'notice_end.notice', 'notice.id')
        .select(['id', 'kind', 'severity', 'title_zh', 'title_en', 'text_zh', 'text_en', 'issued_at_ms'])
        .where('is_public', '=', 1)
        .where('notice_end.state', 'is', null)
        .orderBy('issued_at_ms', 'desc')
        .orderBy('id')
        .execute()
      const found = new Map<string, PublicNotice[]>()
      for (const row of notices) {
        const notice: PublicNotice = {
          id: row.id,
          kind: row.kind,
          severity: row.severity,
          titleZh: row.title_zh,
          titleEn: row.title_en,
          textZh: row.text_zh,
          textEn: row.text_en,
          issuedAt: new Date(row.issued_at_ms).toISOString(),
        }
        const places = await db
          .selectFrom('notice_addressee')
          .select('station')
          .where('notice', '=', row.id)
          .where('station', 'is not', null)
          .execute()
        for (const { station } of places) {
          const list = found.get(station ?? '') ?? []
          if (list.length < MAX_PUBLIC) list.push(notice)
          found.set(station ?? '', list)
        }
      }
      byStation = found
    },
  }
}
