import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { METRICS, implausible } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { createAnnouncedDevices } from '../src/decoders/homeassistant/announced-devices.ts'
import { DECODERS } from '../src/decoders/index.ts'
import { lines } from '../src/decoders/readings.test-support.ts'
import { createAddressBook } from '../src/intake/address-book.ts'
import { createDispatcher } from '../src/intake/dispatch.ts'
import { INTERESTING } from './support/interesting-samples.ts'

/** Captured messages that may be read but not copied; elsewhere than beside the repository by HARBOR_SHARED_DATA. */
const DATA = process.env['HARBOR_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const FOLDER = join(DATA, 'payloads')
const INDEX = join(FOLDER, 'index.jsonl')

interface Sample {
  file: string
  vendor: string
  topic: string
  payload: unknown
}

function readSamples(): Sample[] {
  return readFileSync(INDEX, 'utf8')
    .trim()
    .split('\n')
    .map(line => {
      const { file } = JSON.parse(line) as { file: string }
      return { ...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Omit<Sample, 'file'>), file }
    })
}

const isThere = existsSync(INDEX)

describe.skipIf(!isThere)(`real samples${isThere ? '' : ` (skipped: no ${INDEX}; set HARBOR_SHARED_DATA)`}`, () => {
  const samples = isThere ? readSamples() : []
  const bytesOf = ({ payload }: Sample) => Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  const dispatch = createDispatcher({
    book: createAddressBook([]),
    announced: createAnnouncedDevices(),
    mappings: undefined,
  })

  it('are all read without an error by every decoder, and give only what can be measured', () => {
    expect(samples.length).toBe(537)
    for (const sample of samples) {
      for (const decoder of DECODERS) {
        const decoded = decoder.decode(sample.topic, bytesOf(sample))
        for (const { metric, value } of decoded.kind === 'readings' ? decoded.readings : []) {
          expect(METRICS).toHaveProperty(metric)
          expect(implausible(metric, value)).toBeUndefined()
        }
      }
    }
  })

  it('come to the decoder of their vendor, and most plugs and sensors give readings', () => {
    const vendorOf = (name: string) => (name === 'milesight' ? 'chirpstack' : name.replace(/-gen\d$/, ''))
    const readings: Record<string, number> = {}
    for (const sample of samples) {
      const found = dispatch(sample.topic, bytesOf(sample))
      if (found.decoded.kind !== 'readings') continue
      expect(`${sample.topic}: ${found.vendor}`).toBe(`${sample.topic}: ${vendorOf(sample.vendor)}`)
      readings[sample.vendor] = (readings[sample.vendor] ?? 0) + 1
    }
    // All others were looked at one by one: they carry no reading, or are malformed. Each uplink tells how it was heard.
    expect(readings).toEqual({
      tasmota: 33,
      zigbee2mqtt: 56,
      esphome: 3,
      'shelly-gen1': 11,
      'shelly-gen2': 35,
      'shelly-gen3': 3,
      chirpstack: 1,
      milesight: 67,
    })
  })

  it('are refused only where they are malformed or of another base topic', () => {
    const refused = samples.flatMap(sample => {
      const { decoded } = dispatch(sample.topic, bytesOf(sample))
      return decoded.kind === 'rejected' ? [`${sample.topic} ${decoded.reason}`] : []
    })
    expect([...new Set(refused)].sort()).toEqual([
      'mintyfiIotMqtt/KapiSensoru wrong_topic',
      'shellies/x/events/rpc wrong_shape',
      'shellies/x/status/switch:0 not_json',
      'tele/%topic%/8F20/SENSOR not_json',
      'tele/%topic%/SENSOR not_json',
      'tele/SENSOR wrong_topic',
      'tele/sonoffIRBridge_1/RESULT not_json',
      'tele/tasmota-E8A6E4/STATE wrong_type',
      'tele/tasmota/SENSOR not_json',
    ])
  })

  it.each(INTERESTING)('%s tells what its format says', (file, expected) => {
    const sample = samples.find(one => one.file === file)
    expect(sample).toBeDefined()
    if (sample === undefined) return
    const told = lines(dispatch(sample.topic, bytesOf(sample)).decoded)
    expect(told.map(line => line.slice(line.indexOf(' ') + 1)).sort()).toEqual([...expected].sort())
  })

  it('of people counters say the same decoded by the network server and as raw bytes', () => {
    const uplinks = samples.filter(({ vendor, topic }) => vendor === 'milesight' && topic.endsWith('/up'))
    const counters = uplinks.filter(sample => /milesight\/\d+-vs/.test(sample.file))
    expect(counters.length).toBe(22)
    for (const sample of counters) {
      const { object: _object, ...raw } = JSON.parse(String(sample.payload)) as Record<string, unknown>
      const fromBytes = dispatch(sample.topic, Buffer.from(JSON.stringify(raw))).decoded
      expect(lines(fromBytes)).toEqual(lines(dispatch(sample.topic, bytesOf(sample)).decoded))
    }
  })
})
