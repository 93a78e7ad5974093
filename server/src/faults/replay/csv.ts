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

/** Takes a file's text in pieces, so that it never has to be in memory as a whole. */
export interface RecordingReader {
  /** @throws ReplayInputError naming the file and the line. */
  write: (piece: string) => void
  /** @throws ReplayInputError also for a file without a reading. */
  end: () => Recording
}

/** Reads lines of `unix seconds,value`. A first line that is no numbers is a header; empty lines are passed over. */
export function createRecordingReader(name: string): RecordingReader {
  const recording: Recording = { seconds: [], values: [] }
  let line = 0
  let rest = ''
  const take = (text: string, isLast: boolean): void => {
    const lines = text.split(/\r\n|\n|\r/)
    rest = isLast ? '' : (lines.pop() ?? '')
    for (const raw of lines) takeLine(raw)
  }
  const takeLine = (raw: string): void => {
    line += 1
    if (raw.trim() === '') return
    const fields = raw.split(',')
    const [seconds, value] = [numberOf(fields[0]), numberOf(fields[1])]
    if (fields.length === 2 && seconds !== undefined && value !== undefined) {
      if (seconds < 0 || seconds > MAX_SECONDS)
        throw new ReplayInputError(`${name}, line ${line}: expected seconds since 1970, got ${fields[0]?.trim()}`)
      recording.seconds.push(seconds)
      recording.values.push(value)
      return
    }
    const isHeader = recording.seconds.length === 0 && line === 1 && seconds === undefined && value === undefined
    if (isHeader && fields.length >= 2) return
    throw new ReplayInputError(
      `${name}, line ${line}: expected “unix seconds,value”, got ${JSON.stringify(raw.slice(0, 60))}`,
    )
  }
  let isFirst = true
  return {
    write: piece => {
      let text = rest + (isFirst ? piece.replace(/^\uFEFF/, '') : piece)
      isFirst = false
      // Half of a line's end may be in the next piece.
      const held = text.endsWith('\r') ? '\r' : ''
      if (held !== '') text = text.slice(0, -1)
      take(text, false)
      rest += held
      if (rest.length > MAX_LINE)
        throw new ReplayInputError(
          `${name}, line ${line + 1}: expected “unix seconds,value”, got a line without an end`,
        )
    },
    end: () => {
      take(rest, true)
      if (recording.seconds.length === 0) throw new ReplayInputError(`${name}: it holds no readings`)
      return recording
    },
  }
}

/** What is longer is no line of two numbers. */
const MAX_LINE = 10_000

/** Reads a text that is there as a whole; see createRecordingReader. */
export function parseRecording(text: string, name: string): Recording {
  const reader = createRecordingReader(name)
  reader.write(text)
  return reader.end()
}

function numberOf(field: string | undefined): number | undefined {
  const text = field?.trim() ?? ''
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}
