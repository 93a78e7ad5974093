import { createElement, useEffect, useState } from 'react'
import { Button } from '@mantine/core'
import { useWords } from '../../words/words.tsx'

interface EspInstallerProps {
  /** What is flashed, for those who do not see what stands beside. */
  name: string
  /** Its manifest, on this server. */
  manifestPath: string
}

/** The button that flashes a board: the library is loaded with the first of them, and nowhere else. */
export function EspInstaller({ name, manifestPath }: EspInstallerProps) {
  const { say } = useWords()
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading')
  useEffect(() => {
    let isGone = false
    // Their own build: the package's modules reach into the inside of a library that has since moved it.
    import('esp-web-tools/dist/web/install-button.js').then(
      () => isGone || setState('ready'),
      () => isGone || setState('failed'),
    )
    return () => {
      isGone = true
    }
  }, [])
  if (state === 'failed') return <p role="alert">{say('failure.unreachable')}</p>
  return createElement(
    'esp-web-install-button',
    { manifest: manifestPath, 'data-ready': String(state === 'ready') },
    <Button slot="activate" aria-disabled={state === 'loading'} aria-label={say('flash.startNamed', { name })}>
      {say('flash.start')}
    </Button>,
  )
}
