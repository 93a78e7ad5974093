import { Button } from '@mantine/core'
import { useRef, useState } from 'react'
import { useAnnounce } from '../shell/announcer.tsx'
import { useWords } from '../words/words.tsx'
import styles from './fleet.module.css'

/** A text that is to be taken elsewhere. `label` names it to those who do not see what stands beside. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const { say } = useWords()
  const announce = useAnnounce()
  const [outcome, setOutcome] = useState<'copied' | 'notCopied'>()
  const shown = useRef<HTMLPreElement>(null)
  const copy = async () => {
    const isDone = await tryCopy(text)
    setOutcome(isDone ? 'copied' : 'notCopied')
    if (!isDone && shown.current !== null) mark(shown.current)
    announce(say(isDone ? 'fleet.copied' : 'fleet.notCopied'))
  }
  return (
    <div className={styles['stack']}>
      <pre ref={shown} className={styles['text']} tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <div className={styles['actions']}>
        <Button variant="default" aria-label={say('fleet.copyNamed', { name: label })} onClick={() => void copy()}>
          {say(outcome === 'copied' ? 'fleet.copied' : 'fleet.copy')}
        </Button>
        {outcome === 'notCopied' && <span data-testid="not-copied">{say('fleet.notCopied')}</span>}
      </div>
    </div>
  )
}

/** Marks a text and leads the keyboard there, so that Ctrl-C takes it. */
function mark(element: HTMLElement): void {
  element.focus()
  window.getSelection()?.selectAllChildren(element)
}

/** False where the browser does not let us. */
async function tryCopy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false // A page without https has no clipboard.
  }
}
