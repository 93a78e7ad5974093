import type { StationDetail } from '@harbor/protocol'
import { useEffect, useState } from 'react'
import { type VisitorFailure, getStationDetail } from '../station/visitor-api.ts'

/** A station's name and appliances; the pages here work without them when there is no network. */
export function useDetail(station: string): { detail: StationDetail | undefined; missing: boolean } {
  const [answer, setAnswer] = useState<StationDetail | 'missing'>()
  useEffect(() => {
    let gone = false
    const ask = () =>
      getStationDetail(station).then(
        detail => {
          if (!gone) setAnswer(detail)
        },
        (error: VisitorFailure) => {
          if (!gone && error.kind === 'refused') setAnswer('missing')
        },
      )
    void ask()
    window.addEventListener('online', ask)
    return () => {
      gone = true
      window.removeEventListener('online', ask)
    }
  }, [station])
  return { detail: answer === 'missing' ? undefined : answer, missing: answer === 'missing' }
}
