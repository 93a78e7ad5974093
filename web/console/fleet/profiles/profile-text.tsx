import type { ProfileProblem } from '@harbor/protocol'
import { Textarea, UnstyledButton } from '@mantine/core'
import { useRef } from 'react'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { lineSpan } from './profile-draft.ts'
import own from './profile.module.css'

interface ProfileTextProps {
  text: string
  problems: readonly ProfileProblem[]
  onChange: (text: string) => void
  /** Lines that are seen at once; absent: as many as a profile of a station has. */
  rows?: number
}

/** A profile as JSON. Each fault is told by its line, and leads there. */
export function ProfileText({ text, problems, onChange, rows = 24 }: ProfileTextProps) {
  const { say } = useWords()
  const field = useRef<HTMLTextAreaElement>(null)
  const leadTo = (line: number) => {
    field.current?.focus()
    field.current?.setSelectionRange(...lineSpan(text, line))
  }
  return (
    <div className={styles['stack']}>
      <Textarea
        ref={field}
        name="text"
        label={say('profile.view.text')}
        classNames={{ input: own['source'] ?? '' }}
        rows={rows}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        value={text}
        error={problems.length > 0}
        onChange={event => onChange(event.currentTarget.value)}
      />
      {problems.length > 0 && (
        <ul className={styles['problem']} data-testid="problems">
          {problems.map(({ line, column, path, reason }) => (
            <li key={`${line}:${column} ${reason}`} data-line={line}>
              <UnstyledButton className={own['leads'] ?? ''} onClick={() => leadTo(line)}>
                {say('profile.atLine', { line, column })}
              </UnstyledButton>{' '}
              <code>{path}</code> {reason}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
