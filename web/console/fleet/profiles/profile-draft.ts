import { type ProfileDocument, profileDocumentSchema } from '@harbor/protocol'

export type DraftAppliance = ProfileDocument['appliances'][number]
export type DraftDevice = ProfileDocument['devices'][number]

/** What a new profile begins with: nothing, in the shape that the editor shows. */
export const EMPTY_PROFILE = textOf({ appliances: [], devices: [] })

/** A profile as the editor and the server keep it: JSON with a line for each value. */
export function textOf(document: ProfileDocument): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** The profile that a text is, for the form; undefined while it is none: then only the text can be edited. */
export function tryParseProfile(text: string): ProfileDocument | undefined {
  try {
    const parsed = profileDocumentSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined // No JSON: the server's check says where.
  }
}

/** The next free name of a thing: `plug`, `plug-2`, `plug-3`. */
export function freeKey(stem: string, taken: readonly { key: string }[]): string {
  const keys = new Set(taken.map(({ key }) => key))
  for (let n = 1; ; n++) {
    const key = n === 1 ? stem : `${stem}-${n}`
    if (!keys.has(key)) return key
  }
}

/** The profile with other facts of one appliance; its devices stay on it when it gets another name. */
export function withAppliance(
  document: ProfileDocument,
  index: number,
  change: Partial<DraftAppliance>,
): ProfileDocument {
  const before = document.appliances[index]
  if (before === undefined) return document
  const after = { ...before, ...change }
  return {
    ...document,
    appliances: replaced(document.appliances, index, after),
    devices: document.devices.map(device =>
      device.appliance === before.key ? { ...device, appliance: after.key } : device,
    ),
  }
}

/** The profile without one appliance; what was on it then watches the station. */
export function withoutAppliance(document: ProfileDocument, index: number): ProfileDocument {
  const gone = document.appliances[index]?.key
  return {
    ...document,
    appliances: document.appliances.filter((_, at) => at !== index),
    devices: document.devices.map(({ appliance, ...device }) => ({
      ...device,
      ...(appliance !== undefined && appliance !== gone && { appliance }),
    })),
  }
}

/** The profile with other facts of one device. What is undefined in `change` is no longer said at all. */
export function withDevice(
  document: ProfileDocument,
  index: number,
  change: { [Key in keyof DraftDevice]?: DraftDevice[Key] | undefined },
): ProfileDocument {
  const before = document.devices[index]
  if (before === undefined) return document
  const after = Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined),
  ) as DraftDevice
  return { ...document, devices: replaced(document.devices, index, after) }
}

function replaced<Item>(items: readonly Item[], index: number, item: Item): Item[] {
  return items.map((one, at) => (at === index ? item : one))
}

/** The characters of a line (from 1 on) of a text, for a cursor to be set there; of a line that is none: the end. */
export function lineSpan(text: string, line: number): [from: number, to: number] {
  const lines = text.split('\n')
  const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  const here = lines[line - 1]
  return here === undefined ? [text.length, text.length] : [from, from + here.length]
}
