import { type GatewayConfig, gatewayConfigSchema, issueText } from '@harbor/protocol'
import { mappingProblem } from '../decoders/mapping.ts'
import { gatewayError } from '../errors.ts'
import { safetyProblem } from '../safety/limits.ts'

/** Devices of one gateway at most; chosen: five times a full station's forty, and a signed config stays below 100 KB. */
export const MAX_DEVICES = 200

/**
 * A config document, checked whole: shape and limits by the schema, then what a schema does not see.
 *
 * @param source names the document in the message
 * @throws HarborError GATEWAY_CONFIG_INVALID that names the field and what was expected.
 */
export function checkConfig(document: unknown, source: string): GatewayConfig {
  const parsed = gatewayConfigSchema.safeParse(document)
  if (!parsed.success) throw gatewayError('GATEWAY_CONFIG_INVALID', `${source}: ${issueText(parsed.error)}`)
  const config = parsed.data
  const problem =
    tooMany(config) ??
    duplicateIn(config) ??
    zoneProblem(config.timeZone) ??
    mappingProblem(config.mappings ?? []) ??
    safetyProblem(config)
  if (problem !== undefined) throw gatewayError('GATEWAY_CONFIG_INVALID', `${source}: ${problem}`)
  return config
}

/** Whether two checked configs say the same. The schema gives every checked config its keys in one order. */
export function isSameConfig(one: GatewayConfig, other: GatewayConfig): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/**
 * The first field of `given` that `taken`, the same document after the schema, no longer has: a newer server said something
 * that this release does not know, and what it does not know may be a safety limit.
 */
export function unknownField(given: unknown, taken: unknown, path = ''): string | undefined {
  if (typeof given !== 'object' || given === null || typeof taken !== 'object' || taken === null) return undefined
  for (const [name, value] of Object.entries(given)) {
    const at = path === '' ? name : `${path}.${name}`
    if (!Object.hasOwn(taken, name)) return at
    const deeper = unknownField(value, (taken as Record<string, unknown>)[name], at)
    if (deeper !== undefined) return deeper
  }
  return undefined
}

function tooMany({ devices }: GatewayConfig): string | undefined {
  return devices.length > MAX_DEVICES
    ? `devices: ${devices.length} of them, expected at most ${MAX_DEVICES}`
    : undefined
}

function duplicateIn({ devices }: GatewayConfig): string | undefined {
  const ids = new Set<string>()
  const addresses = new Set<string>()
  for (const { id, vendor, address } of devices) {
    if (ids.has(id)) return `devices: "${id}" is there twice`
    if (addresses.has(`${vendor}:${address}`)) return `devices: ${vendor} "${address}" is there twice`
    ids.add(id)
    addresses.add(`${vendor}:${address}`)
  }
  return undefined
}

function zoneProblem(timeZone: string): string | undefined {
  try {
    // Not Intl: formatting dates takes 8 MB of a small box.
    void new Temporal.ZonedDateTime(0n, timeZone).offset
    return undefined
  } catch {
    return `timeZone: expected an IANA time zone such as Asia/Shanghai, got "${timeZone}"` // RangeError: not a zone
  }
}
