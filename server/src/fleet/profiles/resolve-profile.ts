import { type ProfileDocument, type ProfileOverrides, issueText } from '@harbor/protocol'
import { type ConfigSettings, type Site, configSettingsSchema } from '../config-document.ts'
import { fillPattern, idOf } from './profile-patterns.ts'

/** What a profile makes of a station: the settings of its gateway's config, or why it does not fit. */
export type Resolved = { settings: ConfigSettings; problems: [] } | { settings?: undefined; problems: string[] }

/** A profile with a gateway's overrides on its site. The same three give the same settings, key by key. */
export function resolveProfile(profile: ProfileDocument, overrides: ProfileOverrides, site: Site): Resolved {
  const problems: string[] = []
  checkKeys(profile, overrides, problems)
  const applianceOf = appliancesAt(profile, overrides, { site, problems })
  const devices = profile.devices.flatMap(device => {
    const { key, appliance, ...own } = device
    const { isAbsent = false, ...other } = overrides.devices?.[key] ?? {}
    if (isAbsent) return []
    const on = other.appliance === undefined ? applianceOf(appliance) : (other.appliance ?? undefined)
    return [
      withoutUndefined({
        ...own,
        ...other,
        id: other.id ?? idOf(device, site),
        address: other.address ?? fillPattern(device.address, site),
        appliance: on,
      }),
    ]
  })
  const { timeZone, lanPort, mappings, cardReaders } = profile
  const { mqttUrl, extraDevices = [] } = overrides
  const made = withoutUndefined({
    timeZone: overrides.timeZone ?? timeZone,
    mqttUrl,
    lanPort: overrides.lanPort ?? lanPort,
    mappings: overrides.mappings ?? mappings,
    cardReaders: overrides.cardReaders ?? cardReaders,
    devices: [...devices, ...extraDevices],
  })
  const settings = configSettingsSchema.safeParse(made)
  if (!settings.success) problems.push(issueText(settings.error))
  return problems.length > 0 || !settings.success ? { problems } : { settings: settings.data, problems: [] }
}

/** Overrides of what the profile does not have would silently do nothing. */
function checkKeys(profile: ProfileDocument, overrides: ProfileOverrides, problems: string[]): void {
  for (const part of ['devices', 'appliances'] as const) {
    const keys = new Set(profile[part].map(({ key }) => key))
    for (const key of Object.keys(overrides[part] ?? {}))
      if (!keys.has(key)) problems.push(`overrides: the profile has no ${part.slice(0, -1)} ${key}`)
  }
}

/** The id of a profile's appliance at the station. What is missing is said once. */
function appliancesAt(
  profile: ProfileDocument,
  overrides: ProfileOverrides,
  { site, problems }: { site: Site; problems: string[] },
): (appliance: string | undefined) => string | undefined {
  const found = new Map<string, string | undefined>()
  const find = (key: string): string | undefined => {
    const wanted = profile.appliances.find(one => one.key === key)
    if (wanted === undefined) {
      problems.push(`the profile has no appliance ${key}`)
      return undefined
    }
    const named = overrides.appliances?.[key] ?? idOf(wanted, site)
    const kindThere = site.appliances.get(named)
    if (kindThere === wanted.kind) return named
    const others = [...site.appliances].filter(([, kind]) => kind === wanted.kind).map(([id]) => id)
    const isNamed = overrides.appliances?.[key] !== undefined
    if (!isNamed && others.length === 1) return others[0]
    const why =
      others.length === 0 ? `none there is a ${wanted.kind}` : `say in the overrides which: ${others.join(', ')}`
    const is = kindThere === undefined ? 'is not at' : `is a ${kindThere} at`
    problems.push(`appliance ${key}: ${named} ${is} ${site.station}; ${why}`)
    return undefined
  }
  return appliance => {
    if (appliance === undefined) return undefined
    if (!found.has(appliance)) found.set(appliance, find(appliance))
    return found.get(appliance)
  }
}

function withoutUndefined<Thing extends object>(thing: Thing): Thing {
  return Object.fromEntries(Object.entries(thing).filter(([, value]) => value !== undefined)) as Thing
}
