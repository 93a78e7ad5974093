import { createHash } from 'node:crypto'
import type { ConfigLoss, GatewayConfig, SafetyLimits } from '@harbor/protocol'
import { jsonPointer } from './json-places.ts'

type Device = GatewayConfig['devices'][number]

/**
 * What a gateway would lose by a config: devices that it reads now, and limits that now keep one from harm. A limit counts as lost when it is
 * gone, switched off, or wider than before; one that is taken away falls back to that of its appliance's kind, which may be wider.
 * In the order of the devices' ids.
 */
export function lossesOf(before: GatewayConfig, after: GatewayConfig): ConfigLoss[] {
  const devices = new Map(after.devices.map(device => [device.id, device]))
  return before.devices
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((device): ConfigLoss[] => {
      const next = devices.get(device.id)
      if (next === undefined) return [{ kind: 'device', device: device.id, path: pathOf(device), before: device }]
      return [...kindLosses(device, next), ...limitLosses(device, next)]
    })
}

/** What to send back to lose just this: it holds for no other change, and not after another version. */
export function confirmationOf(before: GatewayConfig, after: GatewayConfig): string {
  const said = JSON.stringify([before.gateway, before.version, { ...after, version: 0 }])
  return createHash('sha256').update(said).digest('hex').slice(0, 32)
}

function pathOf({ id }: Device, ...rest: string[]): string {
  return jsonPointer(['devices', id, ...rest])
}

/** The limits of the appliance's kind hold no longer for a device that is on none, or on one of another kind. */
function kindLosses(device: Device, next: Device): ConfigLoss[] {
  const { applianceKind: before } = device
  const { applianceKind: after } = next
  if (before === undefined || before === after) return []
  return [{ kind: 'safety', device: device.id, path: pathOf(device, 'applianceKind'), before, ...(after && { after }) }]
}

function limitLosses(device: Device, next: Device): ConfigLoss[] {
  const before = device.safety ?? {}
  const after = next.safety ?? {}
  return (Object.keys(LOSES) as (keyof SafetyLimits)[])
    .filter(name => LOSES[name](before, after))
    .map(name => ({
      kind: 'safety',
      device: device.id,
      path: pathOf(device, 'safety', name),
      ...(before[name] !== undefined && { before: before[name] }),
      ...(after[name] !== undefined && { after: after[name] }),
    }))
}

/** A switch that is on unless somebody says otherwise, or may be. */
const switchedOff = (before: boolean | undefined, after: boolean | undefined) =>
  after === false ? before !== false : before === true && after === undefined

/** A number beyond which something is done: gone, or larger. */
const widened = (before: number | undefined, after: number | undefined) =>
  before !== undefined && (after === undefined || after > before)

const LOSES: Readonly<Record<keyof SafetyLimits, (before: SafetyLimits, after: SafetyLimits) => boolean>> = {
  // True is its default: taking it away takes nothing.
  mayCut: (before, after) => after.mayCut === false && before.mayCut !== false,
  cutOnSmoke: (before, after) => switchedOff(before.cutOnSmoke, after.cutOnSmoke),
  ratedCurrentA: (before, after) => widened(before.ratedCurrentA, after.ratedCurrentA),
  overcurrentHoldMs: (before, after) => widened(before.overcurrentHoldMs, after.overcurrentHoldMs),
  plugTemperatureC: (before, after) => widened(before.plugTemperatureC, after.plugTemperatureC),
  overheatHoldMs: (before, after) => widened(before.overheatHoldMs, after.overheatHoldMs),
  overrun: ({ overrun: before }, { overrun: after }) => {
    // Null says that there is none, even where the appliance's kind has one.
    if (after === null) return before !== null
    if (before === undefined || before === null) return false
    return after === undefined || after.aboveW > before.aboveW || after.forMs > before.forMs
  },
  cutsOnLeak: ({ cutsOnLeak: before = [] }, { cutsOnLeak: after = [] }) => before.some(plug => !after.includes(plug)),
}
