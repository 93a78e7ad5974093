import { readFile } from 'node:fs/promises'
import { errorText, issueText, personSchema } from '@harbor/protocol'
import { z } from 'zod'
import { RegistryError } from '../errors.ts'
import type { People } from './people.ts'

const demoLoginsSchema = z.array(personSchema.extend({ password: z.string().min(1).max(200) })).max(100)

/**
 * The demo's people from the file that the start script made.
 *
 * @throws RegistryError `SECRET_MISSING` when the file is not there or not of that form.
 */
export async function addDemoPeople(people: People, file: string): Promise<void> {
  const fail = (problem: string, cause: unknown) =>
    new RegistryError('SECRET_MISSING', `demo logins ${file}: ${problem}; npm start makes this file`, { cause })
  let content: unknown
  try {
    content = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw fail(errorText(cause), cause)
  }
  const parsed = demoLoginsSchema.safeParse(content)
  if (!parsed.success) throw fail(issueText(parsed.error), parsed.error)
  for (const person of parsed.data) await people.put(person)
}
