import { z } from 'zod'
import { SimulatorsError } from '../errors.ts'
import { readIfThere } from '../fleet/atomic-file.ts'
import { APPLIANCE_NAMES, NO_FAULT, OFFERED_FAULTS, STATION_FAULTS, STATION_NAME } from './faults.ts'

const REQUEST_LIMIT_MS = 5_000

const controlSchema = z.object({ url: z.url() })
const errorSchema = z.object({ error: z.object({ message: z.string() }) })
const doneSchema = z.object({ appliance: z.string(), fault: z.string(), expect: z.string().optional() })
const listSchema = z.object({
  stations: z.array(
    z.object({
      station: z.string(),
      nameZh: z.string(),
      nameEn: z.string(),
      appliances: z.array(z.object({ name: z.string(), fault: z.string() })),
    }),
  ),
})

const USAGE = `usage: npm run fault -- STATION APPLIANCE FAULT, or --list; ${Object.entries(OFFERED_FAULTS)
  .map(([kind, faults]) => `${APPLIANCE_NAMES[kind as keyof typeof OFFERED_FAULTS]}: ${faults.join(', ')}`)
  .join('; ')}; ${STATION_NAME}: ${STATION_FAULTS.join(', ')}; ${NO_FAULT} repairs`

/**
 * Breaks or repairs an appliance of the running demo, or lists its stations; gives the lines to print.
 *
 * @throws SimulatorsError SIMULATORS_NOT_RUNNING, or SIMULATORS_FAULT_UNKNOWN naming what there is.
 */
export async function runFaultCommand(args: readonly string[], controlFile: string): Promise<string[]> {
  const [station, appliance, fault] = args
  if (args.length === 1 && station === '--list') return list(await ask(controlFile, 'stations'))
  if (args.length !== 3) throw new SimulatorsError('SIMULATORS_FAULT_UNKNOWN', USAGE)
  const done = doneSchema.parse(await ask(controlFile, 'faults', { station, appliance, fault }))
  if (done.fault === NO_FAULT) return [`${done.appliance} is repaired`]
  return [`${done.appliance} now has ${done.fault}`, ...(done.expect === undefined ? [] : [done.expect])]
}

function list(answer: unknown): string[] {
  return listSchema.parse(answer).stations.map(({ station, nameZh, nameEn, appliances }) => {
    const states = appliances.map(({ name, fault }) => (fault === NO_FAULT ? name : `${name} (${fault})`))
    return `${station}  ${nameZh}  ${nameEn}  ${states.join(', ')}`
  })
}

async function ask(controlFile: string, path: string, body?: object): Promise<unknown> {
  const text = await readIfThere(controlFile)
  if (text === undefined) throw notRunning(`${controlFile} is missing`)
  const { url } = controlSchema.parse(JSON.parse(text))
  const answer = await fetch(new URL(path, url), {
    signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw notRunning(`nothing answers at ${url}`, cause)
  })
  const said: unknown = await answer.json()
  if (answer.ok) return said
  const message = errorSchema.safeParse(said).data?.error.message ?? `the demo answered ${answer.status}`
  throw new SimulatorsError('SIMULATORS_FAULT_UNKNOWN', message)
}

function notRunning(why: string, cause?: unknown): SimulatorsError {
  return new SimulatorsError(
    'SIMULATORS_NOT_RUNNING',
    `no running demo is reached (${why}); start it with npm start, and set DATA_DIR here as there`,
    { cause },
  )
}
