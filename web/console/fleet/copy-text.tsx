import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAnnounce } from '../shell/announcer.tsx'
import { useWords } from '../words/words.tsx'
import styles from './fleet.module.css'

/** A text that is to be taken elsewhere. `label` names it to those who do not see what stands beside. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const { say } = useWords()
  const announce = useAnnounce()
  const [isCopied, setIsCopied] = useState(false)
  const copy = async () => {
    const isDone = await tryCopy(text)
    setIsCopied(isDone)
    announce(say(isDone ? 'fleet.copied' : 'fleet.notCopied'))
  }
  return (
    <div className={styles['stack']}>
      <pre className={styles['text']} tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <div className={styles['actions']}>
        <Button variant="default" aria-label={say('fleet.copyNamed', { name: label })} onClick={() => void copy()}>
          {say(isCopied ? 'fleet.copied' : 'fleet.copy')}
        </Button>
      </div>
    </div>
  )
}

/** False where the browser does not let us: the text can still be marked by hand. */
async function tryCopy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false // A page without https has no clipboard.
  }
}
