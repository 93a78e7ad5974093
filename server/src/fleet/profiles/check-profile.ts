import { type ProfileCheck, type ProfileDocument, type ProfileProblem, profileDocumentSchema } from '@harbor/protocol'
import type { z } from 'zod'
import { jsonPointer, readJsonPlaces } from './json-places.ts'
import { idOf } from './profile-patterns.ts'

/** Problems of one text that are told: who has more of them has one that makes the others. */
const MAX_PROBLEMS = 100
const MAX_REASON = 300
/** Long as the longest ids are: a pattern that fits here fits everywhere. */
const EXAMPLE = { station: 's'.repeat(16), gateway: 'g'.repeat(16) }
const ID = /^[a-z0-9-]{1,40}$/

interface Fault {
  path: readonly PropertyKey[]
  reason: string
}

/** Whether a text is a profile: the document, or every problem with its path, its line and the reason. */
export function checkProfile(text: string): ProfileCheck {
  const read = readJsonPlaces(text)
  if ('problem' in read) return { problems: [read.problem] }
  const parsed = profileDocumentSchema.safeParse(read.value)
  const faults = parsed.success ? faultsOf(parsed.data) : parsed.error.issues.flatMap(faultsOfIssue)
  const problems = faults
    .map(({ path, reason }): ProfileProblem => {
      const short = reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON)}…` : reason
      return { path: jsonPointer(path), ...read.placeOf(path), reason: short }
    })
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, MAX_PROBLEMS)
  return { problems, ...(parsed.success && problems.length === 0 && { document: parsed.data }) }
}

/** An unknown name is told where it stands, not where its object begins. */
function faultsOfIssue(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, reason: issue.message }]
  return issue.keys.map(key => ({ path: [...issue.path, key], reason: 'there is no such setting' }))
}

/** What the schema cannot say: names given twice, and names of nothing. */
function faultsOf({ appliances, devices }: ProfileDocument): Fault[] {
  const faults: Fault[] = []
  const appliancePlaces = places('appliances', faults)
  for (const [index, { key, ...rest }] of appliances.entries()) {
    appliancePlaces('key', index, key)
    appliancePlaces('id', index, idOf({ key, ...rest }, EXAMPLE))
  }
  const kinds = new Set(appliances.map(({ key }) => key))
  const devicePlaces = places('devices', faults)
  for (const [index, device] of devices.entries()) {
    const { key, vendor, address, appliance } = device
    devicePlaces('key', index, key)
    devicePlaces('id', index, idOf(device, EXAMPLE))
    devicePlaces('address', index, `${vendor} ${address}`)
    if (appliance !== undefined && !kinds.has(appliance))
      faults.push({ path: ['devices', index, 'appliance'], reason: `the profile has no appliance ${appliance}` })
  }
  return faults
}

/** Says of a value that it was given before, and of an id that it could be none. */
function places(list: 'appliances' | 'devices', faults: Fault[]): (name: string, index: number, value: string) => void {
  const seen = new Map<string, number>()
  return (name, index, value) => {
    const path = [list, index, name]
    const before = seen.get(`${name} ${value}`)
    if (before !== undefined) faults.push({ path, reason: `is that of /${list}/${before}, too` })
    else seen.set(`${name} ${value}`, index)
    if (name === 'id' && !ID.test(value))
      faults.push({ path, reason: 'expected an id of 1 to 40 of a-z, 0-9 and -, with a station of 16 letters' })
  }
}
