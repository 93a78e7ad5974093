import { parseArgs } from 'node:util'
import { APPLIANCE_KINDS, type ApplianceKind, errorText } from '@harbor/protocol'
import { ReplayInputError } from './csv.ts'

/** Files are paths as they were given. */
export interface ReplayOptions {
  kind: ApplianceKind
  model: string | undefined
  watts: readonly string[]
  temperature: readonly string[]
  people: readonly string[]
}

export const REPLAY_USAGE =
  'npm run -s replay -- --appliance KIND [--watts FILE.csv] [--temperature FILE.csv] [--people FILE.csv] [--model M]'

/** Words that people use for a kind. */
const OTHER_NAMES: Readonly<Record<string, ApplianceKind>> = {
  refrigerator: 'fridge',
  ac: 'air_conditioner',
  water: 'water_dispenser',
}

/** @throws ReplayInputError for an option that is none, or none that is needed. */
export function parseReplayOptions(args: readonly string[]): ReplayOptions {
  const { values } = parse(args)
  if (values.appliance === undefined) throw new ReplayInputError(`--appliance is missing; ${REPLAY_USAGE}`)
  const word = values.appliance
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  const kind = APPLIANCE_KINDS.find(known => known === word) ?? OTHER_NAMES[word]
  if (kind === undefined)
    throw new ReplayInputError(
      `--appliance ${JSON.stringify(values.appliance)}: expected one of ${APPLIANCE_KINDS.join(', ')}`,
    )
  const { watts = [], temperature = [], people = [], model } = values
  if (watts.length + temperature.length + people.length === 0)
    throw new ReplayInputError(`expected at least one of --watts, --temperature and --people; ${REPLAY_USAGE}`)
  return { kind, model, watts, temperature, people }
}

function parse(args: readonly string[]) {
  const file = { type: 'string', multiple: true } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        appliance: { type: 'string' },
        model: { type: 'string' },
        watts: file,
        temperature: file,
        people: file,
      },
    })
  } catch (error) {
    throw new ReplayInputError(`${errorText(error).split('\n', 1)[0] ?? ''}; ${REPLAY_USAGE}`, { cause: error })
  }
}
