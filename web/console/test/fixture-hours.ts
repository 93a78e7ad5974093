import { type HoursChange, hoursChangeRequestSchema } from '@harbor/protocol'
import { PERSON } from './fixture-data.ts'

/** Answers what is asked of changes of hours; undefined: there is no such change. Requests are held against the contract. */
export function answerHours(
  changes: HoursChange[],
  { method, path, text }: { method: string; path: string; text: string },
): unknown {
  const at = new Date().toISOString()
  if (method === 'GET') return { at, changes: changes.filter(({ endedAt }) => endedAt === undefined) }
  if (method === 'POST') {
    const asked = hoursChangeRequestSchema.parse(JSON.parse(text))
    const district = asked.district ?? '500103'
    const made: HoursChange = { ...asked, district, id: `h${changes.length}`, createdAt: at, createdBy: PERSON.name }
    changes.unshift(made)
    return made
  }
  const index = changes.findIndex(({ id }) => path.endsWith(`/${id}`))
  const known = changes[index]
  if (known === undefined) return undefined
  const ended = { ...known, endedAt: at, endedBy: PERSON.name }
  changes[index] = ended
  return ended
}
