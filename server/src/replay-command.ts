import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { startProblem } from '@harbor/protocol'
import { FAULT_CATALOGUE } from './faults/catalogue.ts'
import { createFaultEngine } from './faults/engine.ts'
import { type Recording, ReplayInputError, createRecordingReader } from './faults/replay/csv.ts'
import { replay } from './faults/replay/replay.ts'
import { parseReplayOptions } from './faults/replay/replay-options.ts'

const PIECE_BYTES = 1_048_576

const read = (path: string): Recording => {
  const reader = createRecordingReader(path)
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const decoder = new StringDecoder('utf8')
    const piece = Buffer.alloc(PIECE_BYTES)
    for (;;) {
      const bytes = readSync(file, piece)
      if (bytes === 0) break
      reader.write(decoder.write(piece.subarray(0, bytes)))
    }
    reader.write(decoder.end())
    return reader.end()
  } catch (error) {
    if (error instanceof ReplayInputError) throw error
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : startProblem(error)
    throw new ReplayInputError(`${path}: ${reason}`, { cause: error })
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Lines are written in blocks: a recording of a year may have many. */
const lines: string[] = []
const print = (value: unknown) => {
  lines.push(JSON.stringify(value))
}

// Whoever reads may stop reading, as `head` does.
process.stdout.on('error', () => process.exit(0))

try {
  const options = parseReplayOptions(process.argv.slice(2))
  const input = {
    ...options,
    watts: options.watts.map(read),
    temperature: options.temperature.map(read),
    people: options.people.map(read),
  }
  const engine = createFaultEngine({ catalogue: FAULT_CATALOGUE, overrides: [] })
  const summary = replay(engine, input, transition =>
    print({ at: new Date(transition.atMs).toISOString(), ...transition }),
  )
  print(summary)
  process.stdout.write(`${lines.join('\n')}\n`)
} catch (error) {
  process.stderr.write(`replay: ${startProblem(error)}\n`)
  process.exitCode = 1
}
