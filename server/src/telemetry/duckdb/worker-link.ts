import { Worker } from 'node:worker_threads'
import { HarborError, errorText } from '@harbor/protocol'
import type { TelemetryErrorCode } from '../telemetry-store.ts'
import type { Ask, Operation, Operations, Said, ToldError } from './messages.ts'
import type { DuckdbSettings } from './open-file.ts'

/** Questions that wait for an answer at a time, chosen: far more than a server has, far less than would hurt. */
const MAX_WAITING = 1_000
/** A thread that does not end by itself when told to is ended after this. */
const CLOSE_WITHIN_MS = 60_000

/** A thread that owns the file, as long as it lives. */
export interface WorkerLink {
  /**
   * @param transfer arrays that are handed over and empty afterwards
   * @throws (rejects) HarborError: what the engine threw, BUSY, or UNAVAILABLE when the thread has ended.
   */
  ask<Name extends Operation>(
    operation: Name,
    ask: Operations[Name]['ask'],
    transfer?: ArrayBuffer[],
  ): Promise<Operations[Name]['answer']>
  /** Closes the file and ends the thread. */
  close(): Promise<void>
  /** Ends the thread as a mistake in it would: for tests. What it was asked before is answered or fails. */
  upset(): Promise<void>
}

interface Waiting {
  resolve: (answer: never) => void
  reject: (error: Error) => void
}

/**
 * Starts the thread and opens the file in it.
 *
 * @param onEnd is called once when the thread ends by itself
 * @throws HarborError as the engine's opening does.
 */
export async function openWorkerLink(
  settings: DuckdbSettings,
  onEnd: (error: HarborError<TelemetryErrorCode>) => void,
): Promise<WorkerLink> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: settings, name: 'telemetry' })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let ended: HarborError<TelemetryErrorCode> | undefined
  let isClosing = false
  let isOpen = false
  let cause: unknown
  const opened = Promise.withResolvers<void>()
  const exited = Promise.withResolvers<void>()

  worker.on('message', (said: Said) => {
    if (said.kind === 'opened') {
      isOpen = said.error === undefined
      if (said.error === undefined) opened.resolve()
      else opened.reject(errorOf(said.error))
      return
    }
    if (said.kind === 'broken') {
      cause = said.message
      return
    }
    const asked = waiting.get(said.id)
    waiting.delete(said.id)
    if (said.kind === 'answer') asked?.resolve(said.answer as never)
    else asked?.reject(errorOf(said.error))
  })
  worker.on('error', error => {
    cause = error
  })
  worker.on('exit', () => {
    const what = cause === undefined ? 'ended' : `ended: ${errorText(cause)}`
    ended = new HarborError('TELEMETRY_STORE_UNAVAILABLE', `telemetry: the thread of the file ${what}`, { cause })
    opened.reject(ended)
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
    exited.resolve()
    // A thread that never opened the file is not started again: whoever waits for it hears why.
    if (!isClosing && isOpen) onEnd(ended)
  })

  const link: WorkerLink = {
    ask(operation, ask, transfer = []) {
      if (ended !== undefined) return Promise.reject(ended)
      if (waiting.size >= MAX_WAITING)
        return Promise.reject(
          new HarborError<TelemetryErrorCode>('TELEMETRY_BUSY', `telemetry: ${MAX_WAITING} questions wait already`),
        )
      lastId += 1
      const id = lastId
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        worker.postMessage({ id, operation, ask } as Ask, transfer)
      })
    },
    async close() {
      isClosing = true
      const timer = setTimeout(() => void worker.terminate(), CLOSE_WITHIN_MS)
      // An end in between is what is wanted.
      await link.ask('close', undefined).catch(() => undefined)
      await exited.promise
      clearTimeout(timer)
    },
    async upset() {
      worker.postMessage(undefined, [])
      await exited.promise
    },
  }
  try {
    await opened.promise
    return link
  } catch (error) {
    // It has nothing left to do.
    await exited.promise
    throw error
  }
}

function errorOf({ code, message }: ToldError): Error {
  return code === undefined
    ? new HarborError<TelemetryErrorCode>('TELEMETRY_STORE_UNAVAILABLE', message)
    : new HarborError(code, message)
}
