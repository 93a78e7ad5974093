import { type ComponentType, useEffect, useState } from 'react'

interface LazyPartProps<Props extends object> {
  /** Brings the part's code; called again when it failed. Always the same function. */
  load: () => Promise<ComponentType<Props>>
  props: Props
  words: { loading: string; failed: string; retry: string }
}

/** A part of the page whose code comes after the rest; on a network that breaks off it can be asked for again. */
export function LazyPart<Props extends object>({ load, props, words }: LazyPartProps<Props>) {
  // A component is a function, which a state setter would call: hence the object around it.
  const [part, setPart] = useState<{ Part: ComponentType<Props> } | 'loading' | 'failed'>('loading')
  useEffect(() => {
    if (part !== 'loading') return
    let gone = false
    load().then(
      Part => {
        if (!gone) setPart({ Part })
      },
      () => {
        if (!gone) setPart('failed')
      },
    )
    return () => {
      gone = true
    }
  }, [part, load])
  useEffect(() => {
    if (part !== 'failed') return
    const again = () => setPart('loading')
    window.addEventListener('online', again)
    return () => window.removeEventListener('online', again)
  }, [part])

  if (part === 'loading') {
    return (
      <p role="status" className="quiet">
        {words.loading}
      </p>
    )
  }
  if (part === 'failed') {
    return (
      <div role="alert" className="notice">
        <p>{words.failed}</p>
        <button type="button" className="button" onClick={() => setPart('loading')}>
          {words.retry}
        </button>
      </div>
    )
  }
  return <part.Part {...props} />
}
