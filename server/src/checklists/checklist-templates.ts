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

/** Checklists as data, version by version. */
export interface ChecklistTemplates {
  /** Puts those in that come with the system, unless they were ever there. */
  start: () => Promise<void>
  /** The newest version of each that is offered, by id; retired ones too on demand. */
  list: (options: { use?: ChecklistTemplate['use'] | undefined; withRetired: boolean }) => Promise<ChecklistTemplate[]>
  /** One version; undefined: there is none. */
  find: (id: string, version: number) => Promise<ChecklistTemplate | undefined>
  /** Makes the next version. @throws ApiProblem `conflict` when somebody else made one meanwhile. */
  put: (id: string, request: ChecklistTemplateRequest, person: Person) => Promise<ChecklistTemplate>
}

export function createChecklistTemplates({ db, nowMs }: { db: RegistryDb; nowMs: () => number }): ChecklistTemplates {
  const newest = () =>
    db
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
    id: string,
    { replaces, ...rest }: ChecklistTemplateRequest,
    createdBy: string | null,
  ): Promise<ChecklistTemplate> => {
    const atMs = nowMs()
    const template: ChecklistTemplate = {
      ...rest,
      id,
      version: replaces + 1,
      createdAt: new Date(atMs).toISOString(),
    }
    await db
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
        if (known === undefined) await write(id, request, null)
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
    put: async (id, request, person) => {
      const rows = await newest().execute()
      const known = rows.find(row => row.id === id)
      if (known === undefined && rows.length >= MAX_TEMPLATES)
        throw new ApiProblem('conflict', `there are ${MAX_TEMPLATES} checklists already; change one of them`)
      const version = known === undefined ? 0 : parseTemplate(known.document).version
      if (version !== request.replaces)
        throw new ApiProblem('conflict', `replaces: checklist ${id} is at version ${version}; load it again`)
      return write(id, request, person.login)
    },
  }
}

/** A template as it was written. */
export function parseTemplate(document: string): ChecklistTemplate {
  return checklistTemplateSchema.parse(JSON.parse(document))
}
