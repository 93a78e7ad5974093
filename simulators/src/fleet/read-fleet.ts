import { type Fleet, errorText, fleetSchema, issueText } from '@harbor/protocol'
import { SimulatorsError } from '../errors.ts'
import { readIfThere } from './atomic-file.ts'

/** @throws SimulatorsError SIMULATORS_FLEET_UNUSABLE saying what is wrong with the file. */
export async function readFleet(file: string): Promise<Fleet> {
  const text = await readIfThere(file)
  if (text === undefined) throw unusable(`${file} is missing; npm start makes it`)
  const parsed = fleetSchema.safeParse(parseJson(file, text))
  if (!parsed.success) throw unusable(`${file}: ${issueText(parsed.error)}`)
  return parsed.data
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unusable(`${file} is not JSON: ${errorText(cause)}`)
  }
}

function unusable(message: string): SimulatorsError {
  return new SimulatorsError('SIMULATORS_FLEET_UNUSABLE', message)
}
