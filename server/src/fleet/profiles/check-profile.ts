import { type ProfileCheck, type ProfileDocument, profileDocumentSchema } from '@harbor/protocol'
import { type TextFault, checkText } from './check-text.ts'
import { idOf } from './profile-patterns.ts'

/** Long as the longest ids are: a pattern that fits here fits everywhere. */
const EXAMPLE = { station: 's'.repeat(16), gateway: 'g'.repeat(16) }
const ID = /^[a-z0-9-]{1,40}$/

/** Whether a text is a profile: the document, or every problem with its path, its line and the reason. */
export function checkProfile(text: string): ProfileCheck {
  const { value, problems } = checkText(text, profileDocumentSchema, faultsOf)
  return { problems, ...(value !== undefined && { document: value }) }
}

/** What the schema cannot say: names given twice, and names of nothing. */
function faultsOf({ appliances, devices }: ProfileDocument): TextFault[] {
  const faults: TextFault[] = []
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
function places(
  list: 'appliances' | 'devices',
  faults: TextFault[],
): (name: string, index: number, value: string) => void {
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
