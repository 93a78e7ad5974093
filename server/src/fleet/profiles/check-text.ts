import type { ProfileProblem } from '@harbor/protocol'
import type { z } from 'zod'
import { jsonPointer, readJsonPlaces } from './json-places.ts'

/** Problems of one text that are told: who has more of them has one that makes the others. */
const MAX_PROBLEMS = 100
const MAX_REASON = 300

/** Something wrong with a value. */
export interface TextFault {
  path: readonly PropertyKey[]
  reason: string
}

/** What a text holds, or every problem with its path, its line and the reason. */
export type CheckedText<Value> = { value: Value; problems: [] } | { value?: undefined; problems: ProfileProblem[] }

/** @param faultsOf what the schema cannot say */
export function checkText<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  faultsOf: (value: z.output<Schema>) => TextFault[] = () => [],
): CheckedText<z.output<Schema>> {
  const read = readJsonPlaces(text)
  if ('problem' in read) return { problems: [read.problem] }
  const parsed = schema.safeParse(read.value)
  const faults = parsed.success ? faultsOf(parsed.data) : parsed.error.issues.flatMap(faultsOfIssue)
  if (parsed.success && faults.length === 0) return { value: parsed.data, problems: [] }
  const problems = faults
    .map(({ path, reason }): ProfileProblem => {
      const short = reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON)}…` : reason
      return { path: jsonPointer(path), ...read.placeOf(path), reason: short }
    })
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, MAX_PROBLEMS)
  return { problems }
}

/** An unknown name is told where it stands, not where its object begins. */
function faultsOfIssue(issue: z.core.$ZodIssue): TextFault[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, reason: issue.message }]
  return issue.keys.map(key => ({ path: [...issue.path, key], reason: 'there is no such setting' }))
}
