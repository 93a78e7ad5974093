import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { METRICS, implausible } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { DECODERS } from '../src/decoders/index.ts'
import { createAddressBook } from '../src/intake/address-book.ts'
import { dispatch } from '../src/intake/dispatch.ts'

/** Captured messages that may be read but not copied; elsewhere than beside the repository by HARBOR_SHARED_DATA. */
const DATA = process.env['HARBOR_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const FOLDER = join(DATA, 'payloads')
const INDEX = join(FOLDER, 'index.jsonl')

interface Sample {
  vendor: string
  topic: string
  payload: unknown
}

function readSamples(): Sample[] {
  return readFileSync(INDEX, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(readFileSync(join(FOLDER, (JSON.parse(line) as { file: string }).file), 'utf8')) as Sample)
}

const isThere = existsSync(INDEX)

describe.skipIf(!isThere)(`real samples${isThere ? '' : ` (skipped: no ${INDEX}; set HARBOR_SHARED_DATA)`}`, () => {
  const samples = isThere ? readSamples() : []
  const bytesOf = ({ payload }: Sample) => Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  const book = createAddressBook([])

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
    const readings: Record<string, number> = {}
    for (const sample of samples) {
      const found = dispatch(sample.topic, bytesOf(sample), book)
      if (found.decoded.kind !== 'readings') continue
      expect(`${sample.topic}: ${sample.vendor}`).toContain(`: ${found.vendor}`)
      readings[sample.vendor] = (readings[sample.vendor] ?? 0) + 1
    }
    // All others of these vendors were looked at one by one: they carry no reading, or are malformed.
    expect(readings).toMatchObject({ tasmota: 32, zigbee2mqtt: 53, esphome: 3, 'shelly-gen2': 34, 'shelly-gen3': 2 })
  })

  it('are refused only where they are malformed, of another base topic, or of a vendor not read yet', () => {
    const refused = samples.flatMap(sample => {
      const { decoded } = dispatch(sample.topic, bytesOf(sample), book)
      return decoded.kind === 'rejected' && decoded.reason !== 'wrong_topic'
        ? [`${sample.topic} ${decoded.reason}`]
        : []
    })
    expect([...new Set(refused)].sort()).toEqual([
      'shellies/x/events/rpc wrong_shape',
      'shellies/x/status/switch:0 not_json',
      'tele/%topic%/8F20/SENSOR not_json',
      'tele/%topic%/SENSOR not_json',
      'tele/sonoffIRBridge_1/RESULT not_json',
      'tele/tasmota-E8A6E4/STATE wrong_type',
      'tele/tasmota/SENSOR not_json',
    ])
  })
})
