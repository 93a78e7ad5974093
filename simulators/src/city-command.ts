import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { startProblem } from '@harbor/protocol'
import { liveCity } from './city/city.ts'
import { parseCityOptions } from './city/city-options.ts'
import { buildDemoFleet } from './fleet/demo-fleet.ts'
import { parsePlaces } from './fleet/places.ts'

/** Lines are written together: one write each would take longer than the physics. */
const CHUNK_LINES = 2_000

try {
  const options = parseCityOptions(process.argv.slice(2))
  const places = parsePlaces(await readFile(new URL('../fleet/places.csv', import.meta.url), 'utf8'))
  let lines: string[] = []
  const flush = async () => {
    if (!process.stdout.write(`${lines.join('\n')}\n`)) await once(process.stdout, 'drain')
    lines = []
  }
  for (const line of liveCity(buildDemoFleet(places), options)) {
    lines.push(JSON.stringify(line))
    if (lines.length >= CHUNK_LINES) await flush()
  }
  if (lines.length > 0) await flush()
} catch (error) {
  console.error(`city: ${startProblem(error)}`)
  process.exitCode = 1
}
