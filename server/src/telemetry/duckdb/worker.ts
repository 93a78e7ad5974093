import { HarborError, errorText } from '@harbor/protocol'
import { parentPort, workerData } from 'node:worker_threads'
import { type Engine, openEngine } from './engine.ts'
import type { Ask, Said, ToldError } from './messages.ts'
import type { DuckdbSettings } from './open-file.ts'

// The thread that owns the telemetry file. Two that open one file in one process lose rows without a word, so there is never another.

const port = parentPort
if (port === null) throw new TypeError('duckdb/worker.ts is run as a worker thread')
const say = (said: Said, transfer: ArrayBuffer[] = []) => port.postMessage(said, transfer)

const told = (error: unknown): ToldError => ({
  code: error instanceof HarborError ? String(error.code) : undefined,
  message: errorText(error),
})

const answerOf = async (engine: Engine, { operation, ask }: Ask): Promise<unknown> => {
  switch (operation) {
    case 'write':
      return engine.write(ask)
    case 'newest':
      return engine.newest()
    case 'series':
      return engine.series(ask)
    case 'usageMap':
      return engine.usageMap(ask)
    case 'exportTo':
      return engine.exportTo(ask)
    case 'maintain':
      return engine.maintain(ask)
    case 'problem':
      return engine.problem()
    case 'close':
      return engine.close()
  }
}

/** The arrays of an answer are handed over, not copied. */
const arraysOf = (answer: unknown): ArrayBuffer[] => {
  if (ArrayBuffer.isView(answer)) return answer.buffer instanceof ArrayBuffer ? [answer.buffer] : []
  if (answer === null || typeof answer !== 'object') return []
  // Answers are flat but for lists of columns; lists of names have no arrays in them.
  return Object.values(answer).flatMap(value =>
    ArrayBuffer.isView(value) || (Array.isArray(value) && ArrayBuffer.isView(value[0]))
      ? [value].flat().flatMap(arraysOf)
      : [],
  )
}

/** An error that nobody caught is ours. The thread may not just end: DuckDB, cut off in the middle, takes the whole process with it. */
const endOrderly = (engine: Engine) => {
  let isEnding = false
  return (error: unknown) => {
    if (isEnding) return
    isEnding = true
    say({ kind: 'broken', message: errorText(error) })
    port.removeAllListeners('message')
    engine.close().then(
      () => process.exit(1),
      () => process.exit(1),
    )
  }
}

try {
  const engine = await openEngine(workerData as DuckdbSettings)
  process.on('uncaughtException', endOrderly(engine))
  port.on('message', (asked: Ask) => {
    answerOf(engine, asked).then(
      answer => {
        say({ kind: 'answer', id: asked.id, answer }, arraysOf(answer))
        if (asked.operation === 'close') port.close()
      },
      (error: unknown) => say({ kind: 'failure', id: asked.id, error: told(error) }),
    )
  })
  say({ kind: 'opened', error: undefined })
} catch (error) {
  say({ kind: 'opened', error: told(error) })
  // What a failed opening leaves in DuckDB was seen to keep the thread, and with it the process, alive for ever.
  process.exit(1)
}
