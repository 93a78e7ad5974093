import type { ApplianceKind, DiscoveredDevice, GatewayConfig, Stranger } from '@harbor/protocol'

/** An appliance of the station. */
export interface StationAppliance {
  id: string
  kind: ApplianceKind
}

/** What a device's address may say of the appliance that it is on: people name plugs after what they plug in. */
const WORDS: Readonly<Record<ApplianceKind, RegExp>> = {
  fridge: /fridge|refrigerator|freezer|bingxiang/,
  air_conditioner: /(^|[^a-z])ac([^a-z]|$)|air[-_ ]?con|aircon|kongtiao/,
  microwave: /microwave|micro[-_ ]?wave|weibo/,
  water_dispenser: /water|dispenser|kettle|yinshui/,
}

/** What adopting a device would make of it. */
export function proposalFor(
  { address, kind }: Pick<DiscoveredDevice, 'address' | 'kind'>,
  {
    station,
    appliances,
    devices,
  }: { station: string; appliances: readonly StationAppliance[]; devices: GatewayConfig['devices'] },
): Stranger['proposal'] {
  const isNamed = (appliance: StationAppliance) => WORDS[appliance.kind].test(address.toLowerCase())
  const taken = new Set(devices.flatMap(device => device.appliance ?? []))
  const isPlug = kind === 'plug' || kind === 'meter'
  const free = appliances.filter(({ id }) => !taken.has(id))
  // A plug goes where none is yet; a sensor may well join the plug of the appliance that it is named after.
  const appliance = isPlug
    ? (free.find(isNamed) ?? (free.length === 1 ? free[0] : undefined))
    : appliances.find(isNamed)
  const device = freeId(`${siteOf(station)}-${slugOf(address)}`, new Set(devices.map(({ id }) => id)))
  return { device, ...(appliance !== undefined && { appliance: appliance.id }) }
}

/** The station's id without a leading word of letters, as profiles have it. */
function siteOf(station: string): string {
  return station.replace(/^[a-z]+-(?=.)/, '')
}

function slugOf(address: string): string {
  const slug = address
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return slug === '' ? 'device' : slug
}

const MAX_ID = 40

function freeId(wanted: string, taken: ReadonlySet<string>): string {
  const cut = (id: string, end: string) => `${id.slice(0, MAX_ID - end.length).replace(/-+$/, '')}${end}`
  for (let n = 1; ; n += 1) {
    const id = cut(wanted, n === 1 ? '' : `-${n}`)
    if (!taken.has(id)) return id
  }
}
