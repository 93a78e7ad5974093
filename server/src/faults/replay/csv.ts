import { HarborError } from '@harbor/protocol'

/** A recorded series: seconds since 1970 and values, in the file's order. */
export interface Recording {
  seconds: number[]
  values: number[]
}

/** What a replay was given cannot be used: the message is one line that names the option or the file and its line. */
export class ReplayInputError extends HarborError<'REPLAY_INPUT_INVALID'> {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('REPLAY_INPUT_INVALID', message, options)
    this.name = 'ReplayInputError'
  }
}

/** Year 2200 in seconds: a greater time is one in milliseconds. */
const MAX_SECONDS = 7_258_118_400

/**
 * Reads lines of `unix seconds,value`. A first line that is no numbers is a header; empty lines are passed over.
 *
 * @throws ReplayInputError naming `name` and the line.
 */
export function parseRecording(text: string, name: string): Recording {
  const recording: Recording = { seconds: [], values: [] }
  let line = 0
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    line += 1
    if (raw.trim() === '') continue
    const fields = raw.split(',')
    const [seconds, value] = [numberOf(fields[0]), numberOf(fields[1])]
    if (fields.length === 2 && seconds !== undefined && value !== undefined) {
      if (seconds < 0 || seconds > MAX_SECONDS)
        throw new ReplayInputError(`${name}, line ${line}: expected seconds since 1970, got ${fields[0]?.trim()}`)
      recording.seconds.push(seconds)
      recording.values.push(value)
      continue
    }
    const isHeader = recording.seconds.length === 0 && line === 1 && seconds === undefined && value === undefined
    if (isHeader && fields.length >= 2) continue
    throw new ReplayInputError(
      `${name}, line ${line}: expected “unix seconds,value”, got ${JSON.stringify(raw.slice(0, 60))}`,
    )
  }
  if (recording.seconds.length === 0) throw new ReplayInputError(`${name}: it holds no readings`)
  return recording
}

function numberOf(field: string | undefined): number | undefined {
  const text = field?.trim() ?? ''
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}
