import { FAULT_CATALOGUE, LIVE_CATALOGUE } from '../../src/faults/catalogue.ts'
import { cityReport } from './city-report.ts'
import { runCity } from './city-run.ts'
import { readCity } from './city-stream.ts'

/** Reads a city from `input` and prints what was told of it; false when something was told that is not so, or a fault was missed. */
export async function benchCity(
  input: NodeJS.ReadableStream,
  { which, print }: { which: string | undefined; print: (line: string) => void },
): Promise<boolean> {
  const city = await readCity(input)
  const run = await runCity(city, which === 'live' ? LIVE_CATALOGUE : FAULT_CATALOGUE)
  const { lines, falseAlerts, missed } = cityReport(city.header, run)
  for (const line of lines) print(line)
  return falseAlerts === 0 && missed === 0
}
