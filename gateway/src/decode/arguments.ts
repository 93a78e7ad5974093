import { parseArgs } from 'node:util'
import { SettingsError, type Vendor, errorText, isId } from '@harbor/protocol'
import { VENDOR_NAMES, vendorNamed } from './dialects.ts'

/** What the command is asked for. */
export interface DecodeArguments {
  vendor: Vendor
  topic: string
  /** Path of the payload; absent: standard input. */
  file: string | undefined
  /** The id to give the device; absent: its address made into one. */
  device: string | undefined
  /** Path of a gateway's config: its mappings are used. */
  config: string | undefined
  /** Path of announcements heard before: a topic, a space and a payload a line, as `mosquitto_sub -v` writes them. */
  announced: string | undefined
}

const USAGE = `use: npm run -s decode -- --vendor NAME --topic T [--file F | -] [--device ID] [--config F] [--announced F]
vendors: ${VENDOR_NAMES.join(', ')}`

/**
 * Reads the command line.
 *
 * @throws SettingsError saying what is wrong, how to use it, and which vendors there are.
 */
export function readArguments(args: readonly string[]): DecodeArguments {
  const { values, positionals } = parsed(args)
  const { topic, device, config, announced } = values
  const vendor = vendorNamed(values.vendor ?? '')
  if (vendor === undefined) {
    throw wrong(
      values.vendor === undefined ? '--vendor is missing' : `no vendor is called ${JSON.stringify(values.vendor)}`,
    )
  }
  if (topic === undefined || topic === '') throw wrong('--topic is missing')
  if (device !== undefined && !isId(device)) throw wrong('--device: expected 1 to 40 of a-z, 0-9 and -')
  const stray = positionals.find(text => text !== '-')
  if (stray !== undefined) throw wrong(`${JSON.stringify(stray)} is not understood; is it --file ${stray}?`)
  const file = values.file === '-' || positionals.includes('-') ? undefined : values.file
  return { vendor, topic, file, device, config, announced }
}

function parsed(args: readonly string[]) {
  const options = {
    vendor: { type: 'string' },
    topic: { type: 'string' },
    file: { type: 'string' },
    device: { type: 'string' },
    config: { type: 'string' },
    announced: { type: 'string' },
  } as const
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw wrong(errorText(error)) // TypeError: an option that is none, or one without its value
  }
}

function wrong(what: string): SettingsError {
  return new SettingsError(`${what}\n${USAGE}`)
}
