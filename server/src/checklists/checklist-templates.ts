import { isDeepStrictEqual } from 'node:util'
import {
  type ChecklistTemplate,
  type ChecklistTemplateRequest,
  type Person,
  checklistTemplateSchema,
} from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { FIRST_TEMPLATES } from './first-templates.ts'

/** Checklists of an installation: more would be no choice on a phone. */
const MAX_TEMPLATES = 200
/** Versions that one answer has at most: older ones are read through what was filled in with them. */
const MAX_VERSIONS = 50

/** Checklists as data, version by version. */
export interface ChecklistTemplates {
  /** Puts those in that come with the system, unless they were ever there. */
  start: () => Promise<void>
  /** The newest version of each that is offered, by id; retired ones too on demand. */
  list: (options: { use?: ChecklistTemplate['use'] | undefined; withRetired: boolean }) => Promise<ChecklistTemplate[]>
  /** One version; undefined: there is none. */
  find: (id: string, version: number) => Promise<ChecklistTemplate | undefined>
  /** All versions of one, the newest first; retired ones too. */
  versions: (id: string) => Promise<ChecklistTemplate[]>
  /** Makes the next version; the same one again changes nothing. @throws ApiProblem `conflict` when somebody else made one meanwhile. */
  put: (id: string, request: ChecklistTemplateRequest, person: Person) => Promise<ChecklistTemplate>
}

export interface ChecklistTemplatesDeps {
  db: RegistryDb
  /** There is a version that was not there before. */
  onChanged: () => void
  nowMs: () => number
}

export function createChecklistTemplates({ db, onChanged, nowMs }: ChecklistTemplatesDeps): ChecklistTemplates {
  const newest = (tx: RegistryDb = db) =>
    tx
      .selectFrom('checklist_template as one')
      .select(['id', 'document'])
      .where('version', '=', eb =>
        eb
          .selectFrom('checklist_template as all')
          .select(of => of.fn.max('all.version').as('newest'))
          .whereRef('all.id', '=', 'one.id'),
      )
      .orderBy('id')
  const write = async (
    tx: RegistryDb,
    { replaces, id, ...rest }: ChecklistTemplateRequest & { id: string },
    createdBy: string | null,
  ): Promise<ChecklistTemplate> => {
    const atMs = nowMs()
    const template: ChecklistTemplate = {
      ...rest,
      id,
      version: replaces + 1,
      createdAt: new Date(atMs).toISOString(),
    }
    await tx
      .insertInto('checklist_template')
      .values({
        id,
        version: template.version,
        use: template.use,
        appliance_kind: template.applianceKind ?? null,
        is_retired: template.isRetired === true ? 1 : 0,
        document: JSON.stringify(template),
        created_at_ms: atMs,
        created_by: createdBy,
      })
      .execute()
    return template
  }
  return {
    start: async () => {
      for (const [id, request] of Object.entries(FIRST_TEMPLATES)) {
        const known = await db.selectFrom('checklist_template').select('id').where('id', '=', id).executeTakeFirst()
        if (known === undefined) await write(db, { ...request, id }, null)
      }
    },
    list: async ({ use, withRetired }) => {
      const rows = await newest()
        .$if(use !== undefined, query => query.where('use', '=', use as ChecklistTemplate['use']))
        .$if(!withRetired, query => query.where('is_retired', '=', 0))
        .execute()
      return rows.map(({ document }) => parseTemplate(document))
    },
    find: async (id, version) => {
      const row = await db
        .selectFrom('checklist_template')
        .select('document')
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst()
      return row === undefined ? undefined : parseTemplate(row.document)
    },
    versions: async id => {
      const rows = await db
        .selectFrom('checklist_template')
        .select('document')
        .where('id', '=', id)
        .orderBy('version', 'desc')
        .limit(MAX_VERSIONS)
        .execute()
      return rows.map(({ document }) => parseTemplate(document))
    },
    put: async (id, request, person) => {
      const { template, isNew } = await db.transaction().execute(async tx => {
        const rows = await newest(tx).select('created_by').execute()
        const known = rows.find(row => row.id === id)
        if (known === undefined && rows.length >= MAX_TEMPLATES)
          throw new ApiProblem('conflict', `there are ${MAX_TEMPLATES} checklists already; change one of them`)
        const before = known && parseTemplate(known.document)
        // Sent again after a lost answer: what it asked for is there.
        if (before !== undefined && known?.created_by === person.login && isMadeBy(before, request))
          return { template: before, isNew: false }
        const version = before?.version ?? 0
        if (version !== request.replaces)
          throw new ApiProblem('conflict', `replaces: checklist ${id} is at version ${version}; load it again`)
        return { template: await write(tx, { ...request, id }, person.login), isNew: true }
      })
      if (isNew) onChanged()
      return template
    },
  }
}

/** Whether a version is what a request asks for. */
function isMadeBy(template: ChecklistTemplate, { replaces, ...request }: ChecklistTemplateRequest): boolean {
  const { id, version, createdAt } = template
  return version === replaces + 1 && isDeepStrictEqual(template, { ...request, id, version, createdAt })
}

/** A template as it was written. */
export function parseTemplate(document: string): ChecklistTemplate {
  return checklistTemplateSchema.parse(JSON.parse(document))
}
