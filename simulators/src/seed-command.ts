import { readFile } from 'node:fs/promises'
import { startProblem } from '@harbor/protocol'
import { readConfig } from './config.ts'
import { buildDemoFleet } from './fleet/demo-fleet.ts'
import { parsePlaces } from './fleet/places.ts'
import { seedDemo } from './fleet/seed-files.ts'

try {
  const places = parsePlaces(await readFile(new URL('../fleet/places.csv', import.meta.url), 'utf8'))
  await seedDemo(buildDemoFleet(places), readConfig(process.env))
} catch (error) {
  console.error(`demo fleet: ${startProblem(error)}`)
  process.exitCode = 1
}
