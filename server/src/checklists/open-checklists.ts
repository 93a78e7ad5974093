import type { ChecklistFillDetail, ChecklistFillRequest, Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { Route } from '../http/route.ts'
import { type PhotoStore, createPhotoStore } from '../photos/photo-store.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { WorkOrders } from '../work-orders/work-orders.ts'
import { type ChecklistTemplates, createChecklistTemplates } from './checklist-templates.ts'
import { checklistRoutes } from './checklists.routes.ts'
import { fillDetail } from './fill-queries.ts'
import { writeFill } from './fill-writes.ts'

export interface ChecklistsDeps {
  db: RegistryDb
  /** One transaction for what is put in order. */
  change: WorkOrders['change']
  photos: PhotoStore
  /** There is a version of a checklist that was not there before. */
  onTemplatesChanged: () => void
  nowMs: () => number
}

/** Checklists, and what was filled in. */
export interface Checklists {
  templates: ChecklistTemplates
  /** @throws ApiProblem as fill-writes.ts says. */
  submit: (person: Person, request: ChecklistFillRequest) => Promise<{ fill: ChecklistFillDetail; isNew: boolean }>
  /** Keeps picture `n` of a line; the same one again changes nothing. @throws ApiProblem. */
  addPhoto: (person: Person, place: PhotoPlace, bytes: Uint8Array) => Promise<ChecklistFillDetail>
  /** @throws ApiProblem `not_found`, also for another district's. */
  readPhoto: (person: Person, key: string, photo: string) => Promise<Buffer>
}

/** A place for a picture: `n` counts from 1. */
export interface PhotoPlace {
  key: string
  line: string
  n: number
}

export function createChecklists({ db, change, photos, onTemplatesChanged, nowMs }: ChecklistsDeps): Checklists {
  const templates = createChecklistTemplates({ db, onChanged: onTemplatesChanged, nowMs })
  return {
    templates,
    submit: async (person, request) => {
      const template = await templates.find(request.template, request.version)
      if (template === undefined)
        throw new ApiProblem('not_found', `there is no version ${request.version} of checklist ${request.template}`)
      const isNew = await change(writing => writeFill(writing, request, { person, template }))
      return { fill: await fillDetail(db, person, request.key), isNew }
    },
    addPhoto: async (person, { key, line, n }, bytes) => {
      // Before anything is written to disk: who may not see it leaves nothing behind.
      const fill = await fillDetail(db, person, key)
      const answer = await db
        .selectFrom('checklist_answer')
        .innerJoin('checklist_fill', 'checklist_fill.key', 'checklist_answer.fill')
        .select(['checklist_answer.photos', 'checklist_fill.filled_by'])
        .where('fill', '=', key)
        .where('line', '=', line)
        .executeTakeFirst()
      if (answer === undefined || n > answer.photos)
        throw new ApiProblem('not_found', `line ${line} of the checklist announced no picture ${n}`)
      if (answer.filled_by !== person.login)
        throw new ApiProblem('forbidden', 'pictures come from whoever filled the checklist in')
      const place = { fill: key, line, n }
      const known = await db
        .selectFrom('checklist_photo')
        .select('photo')
        .where('fill', '=', key)
        .where('line', '=', line)
        .where('n', '=', n)
        .executeTakeFirst()
      if (known !== undefined) return fill
      const photo = await photos.keep(bytes)
      await db
        .insertInto('checklist_photo')
        .values({ ...place, photo })
        .onConflict(conflict => conflict.doNothing())
        .execute()
      return fillDetail(db, person, key)
    },
    readPhoto: async (person, key, photo) => {
      await fillDetail(db, person, key)
      const known = await db
        .selectFrom('checklist_photo')
        .select('photo')
        .where('fill', '=', key)
        .where('photo', '=', photo)
        .executeTakeFirst()
      const bytes = known && (await photos.read(photo))
      if (bytes === undefined) throw new ApiProblem('not_found', `the checklist has no picture ${photo}`)
      return bytes
    },
  }
}

/** Checklists as the server runs them. */
export function openChecklists(
  settings: { photosDir: string; photosQuotaBytes: number },
  deps: Omit<ChecklistsDeps, 'photos'>,
): { routes: Route[]; start: () => Promise<void> } {
  const photos = createPhotoStore({ folder: settings.photosDir, quotaBytes: settings.photosQuotaBytes })
  const checklists = createChecklists({ ...deps, photos })
  return {
    routes: checklistRoutes({ checklists, db: deps.db }),
    start: async () => {
      await photos.start()
      await checklists.templates.start()
    },
  }
}
