import { type OverviewUpdate, type Person, errorText, hasCode, overviewLookSchema } from '@harbor/protocol'
import type { Logger } from 'pino'

/** How often those who look over a region are told of changes, and that there is none, at most and at least (protocol, StaffEvents). */
const LOOK_EVERY_MS = 5_000
const SAY_EVERY_MS = 30_000

/** A socket that may look over a region. */
export interface Overlooker {
  person: Person
  emit: (update: OverviewUpdate) => void
}

/** Tells sockets of the region that they look over. */
export interface OverviewLive {
  /** What a socket asked for: a region, an empty text for all of its own, null for none. What is neither is not heard. */
  look: (socket: Overlooker, asked: unknown) => Promise<void>
  forget: (socket: Overlooker) => void
  stop: () => void
}

interface Looking {
  region: string
  saidAtMs: number
  /** What it was told last, without its time. */
  said: string
}

export interface OverviewLiveDeps {
  /** @throws ApiProblem `not_found` for a region that is not the person's. */
  updateOf: (person: Person, region: string | undefined) => Promise<OverviewUpdate>
  nowMs: () => number
  log: Logger
}

/** Nothing runs while nobody looks. */
export function createOverviewLive({ updateOf, nowMs, log }: OverviewLiveDeps): OverviewLive {
  /** Bounded by the connections. */
  const looking = new Map<Overlooker, Looking>()
  let timer: NodeJS.Timeout | undefined

  const tell = async (socket: Overlooker, look: Looking) => {
    const update = await updateOf(socket.person, look.region === '' ? undefined : look.region)
    // It may look elsewhere by now.
    if (looking.get(socket) !== look) return
    const { at: _at, ...content } = update
    const said = JSON.stringify(content)
    const now = nowMs()
    if (said === look.said && now - look.saidAtMs < SAY_EVERY_MS) return
    look.said = said
    look.saidAtMs = now
    socket.emit(update)
  }
  const tellAll = async () => {
    for (const [socket, look] of looking) await tell(socket, look)
  }
  const forget = (socket: Overlooker) => {
    looking.delete(socket)
    if (looking.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    look: async (socket, asked) => {
      const parsed = overviewLookSchema.safeParse(asked)
      if (!parsed.success) return
      forget(socket)
      if (parsed.data === null) return
      const look: Looking = { region: parsed.data, saidAtMs: Number.NEGATIVE_INFINITY, said: '' }
      looking.set(socket, look)
      timer ??= setInterval(() => {
        tellAll().catch((error: unknown) => log.warn({ reason: errorText(error) }, 'an overview could not be told'))
      }, LOOK_EVERY_MS)
      try {
        await tell(socket, look)
      } catch (error) {
        // Another's region looks like one of which nothing is ever told.
        forget(socket)
        if (!hasCode(error, 'not_found')) throw error
      }
    },
    forget,
    stop: () => {
      looking.clear()
      clearInterval(timer)
      timer = undefined
    },
  }
}
