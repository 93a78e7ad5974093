import { HEARTBEAT_EVERY_MS, type FlowState, errorText, heartbeatAnswerSchema } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Api } from './api.ts'

export interface HeartbeatDeps {
  api: Api
  flows: () => FlowState[]
  log: Logger
}

/** Says to the server that this runs, and how its flows are: at once, then as often as the server asks. */
export function createHeartbeat({ api, flows, log }: HeartbeatDeps): { start: () => void; stop: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isStopped = true
  let isHeard = true

  async function beat(): Promise<void> {
    let nextMs = HEARTBEAT_EVERY_MS
    try {
      const { nextInMs } = await api.ask({
        method: 'POST',
        path: '/api/v1/automation/heartbeat',
        body: { flows: flows() },
        answer: heartbeatAnswerSchema,
      })
      nextMs = Math.min(nextInMs, HEARTBEAT_EVERY_MS)
      if (!isHeard) log.info('the server hears this again')
      isHeard = true
    } catch (error) {
      // Said once for each time that it is lost.
      if (isHeard && !isStopped) log.warn({ reason: errorText(error) }, 'the server does not hear that this runs')
      isHeard = false
    }
    if (!isStopped) timer = setTimeout(run, nextMs)
  }
  const run = () => {
    running = beat()
  }

  return {
    start: () => {
      if (!isStopped) return
      isStopped = false
      run()
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}
