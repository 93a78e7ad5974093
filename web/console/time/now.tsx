import { type ReactNode, createContext, use, useEffect, useState } from 'react'
import type { ServerClock } from './clock.ts'

/** Ages on the page move on this often: fine enough for "12 s ago", coarse enough for a list of hundreds. */
const TICK_MS = 5_000

const NowContext = createContext(0)

/** Lets the time below it tick. */
export function NowProvider({ clock, children }: { clock: ServerClock; children: ReactNode }) {
  const [nowMs, setNowMs] = useState(clock.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(clock.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [clock])
  return <NowContext value={nowMs}>{children}</NowContext>
}

/** The server's time in ms since 1970, ticking. */
export function useNow(): number {
  return use(NowContext)
}
