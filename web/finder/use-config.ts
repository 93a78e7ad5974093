import type { ClientConfig } from '@harbor/protocol'
import { useEffect, useState } from 'react'

/** What the server says of itself; undefined until it is there. `ready`: when to ask, so that it stands in nothing's way. */
export function useConfig(load: () => Promise<ClientConfig>, ready: boolean): ClientConfig | undefined {
  const [config, setConfig] = useState<ClientConfig>()
  useEffect(() => {
    if (!ready) return
    let gone = false
    const loadOnce = () =>
      load().then(
        loaded => {
          if (!gone) setConfig(loaded)
        },
        // The page works without it: the default zone, no tiles. It is asked for again with the network.
        () => {
          if (!gone) window.addEventListener('online', loadOnce, { once: true })
        },
      )
    void loadOnce()
    return () => {
      gone = true
      window.removeEventListener('online', loadOnce)
    }
  }, [load, ready])
  return config
}
