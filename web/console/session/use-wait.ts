import { useCallback, useEffect, useState } from 'react'

/** Counts a wait down, in ms by whole seconds; 0 when it is over. `begin` starts it anew. */
export function useWait(now: () => number): { leftMs: number; begin: (waitMs: number) => void } {
  const [untilMs, setUntilMs] = useState(0)
  const [leftMs, setLeftMs] = useState(0)
  const begin = useCallback(
    (waitMs: number) => {
      setUntilMs(now() + waitMs)
      setLeftMs(waitMs)
    },
    [now],
  )
  useEffect(() => {
    if (untilMs === 0) return undefined
    const timer = setInterval(() => {
      const left = Math.max(0, untilMs - now())
      setLeftMs(left)
      if (left === 0) clearInterval(timer)
    }, 1_000)
    return () => clearInterval(timer)
  }, [untilMs, now])
  return { leftMs, begin }
}
