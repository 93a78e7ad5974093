import type { CityOverview } from '@harbor/protocol'
import { useEffect, useState } from 'react'

export type City = CityOverview['cities'][number]

const NONE: readonly City[] = []

/** The cities to choose from, once they are there. `wanted`: somebody may have to choose. */
export function useCities(load: () => Promise<CityOverview>, wanted: boolean): readonly City[] {
  const [cities, setCities] = useState(NONE)
  useEffect(() => {
    if (!wanted || cities !== NONE) return
    let gone = false
    const loadOnce = () =>
      load().then(
        answer => {
          if (!gone) setCities(answer.cities)
        },
        // Whoever has no network has no other city's stations either.
        () => {
          if (!gone) window.addEventListener('online', loadOnce, { once: true })
        },
      )
    void loadOnce()
    return () => {
      gone = true
      window.removeEventListener('online', loadOnce)
    }
  }, [load, wanted, cities])
  return cities
}
