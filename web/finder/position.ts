import { useCallback, useEffect, useState } from 'react'
import { saveLastPlace } from './last-place.ts'
import type { Position } from './model/distance.ts'

/** What is known of where the visitor is. What leaves the phone of it is rounded to about 100 m (`findPath`). */
export type PositionState =
  | { kind: 'unavailable' | 'notAsked' | 'asking' | 'refused' | 'failed' }
  | { kind: 'known'; position: Position; accuracyM: number }

/** A rough position soon is worth more than a good one too late. */
const FIND_TIMEOUT_MS = 12_000
/** A courier on a scooter is a kilometre further after two minutes. */
const OLDEST_MS = 60_000

/**
 * The visitor's position. It is asked for only by `find`, unless the visitor allowed it on an earlier visit. Browsers give
 * it on secure pages only; elsewhere it is `unavailable`.
 */
export function usePosition(): { state: PositionState; find: () => void } {
  const [state, setState] = useState<PositionState>(() => ({
    kind: window.isSecureContext && 'geolocation' in navigator ? 'notAsked' : 'unavailable',
  }))

  const find = useCallback(() => {
    setState(before => (before.kind === 'known' ? before : { kind: 'asking' }))
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const position = { latDeg: coords.latitude, lngDeg: coords.longitude }
        saveLastPlace(position)
        setState({ kind: 'known', position, accuracyM: coords.accuracy })
      },
      error => setState({ kind: error.code === error.PERMISSION_DENIED ? 'refused' : 'failed' }),
      { timeout: FIND_TIMEOUT_MS, maximumAge: OLDEST_MS },
    )
  }, [])

  useEffect(() => {
    if (state.kind !== 'notAsked' || !('permissions' in navigator)) return
    let gone = false
    const findIfAllowed = async () => {
      const permission = await navigator.permissions.query({ name: 'geolocation' })
      if (!gone && permission.state === 'granted') find()
    }
    // A browser that cannot tell about permissions leaves it to the button.
    findIfAllowed().catch(() => undefined)
    return () => {
      gone = true
    }
  }, [state.kind, find])

  return { state, find }
}
