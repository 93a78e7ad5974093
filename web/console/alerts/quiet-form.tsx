import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type ReactNode, type SyntheticEvent, useId, useState } from 'react'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import styles from './alert-page.module.css'

const HOUR_MS = 3_600_000

/** How long something may be quiet. The longest is what the server takes. */
const DURATIONS = [
  { word: 'duration.hour1', ms: HOUR_MS },
  { word: 'duration.hours4', ms: 4 * HOUR_MS },
  { word: 'duration.hours8', ms: 8 * HOUR_MS },
  { word: 'duration.day1', ms: 24 * HOUR_MS },
  { word: 'duration.days3', ms: 72 * HOUR_MS },
  { word: 'duration.days7', ms: 168 * HOUR_MS },
  { word: 'duration.days30', ms: 720 * HOUR_MS },
] as const

export interface QuietFormProps {
  name: string
  title: string
  intro: string
  submit: string
  isPending: boolean
  error: unknown
  /** Told until when, in ms since 1970, and why. */
  onSubmit: (untilMs: number, reason: string) => void
  children?: ReactNode
}

/** Until when, and why: closed until somebody wants it. */
export function QuietForm({ name, title, intro, submit, isPending, error, onSubmit, children }: QuietFormProps) {
  const { say } = useWords()
  const { clock } = useConsole()
  const style = useTimeStyle()
  const nowMs = useNow()
  const id = useId()
  const [durationMs, setDurationMs] = useState<number>(4 * HOUR_MS)
  const [reason, setReason] = useState('')
  const [isMissing, setIsMissing] = useState(false)
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    const why = reason.trim()
    setIsMissing(why === '')
    if (why !== '' && !isPending) onSubmit(clock.now() + durationMs, why)
  }
  return (
    <details className={styles['disclosure']} data-form={name}>
      <summary>{title}</summary>
      <form className={styles['form']} onSubmit={send} noValidate>
        <p className="quiet">{intro}</p>
        {children}
        <NativeSelect
          label={say('alertPage.silenceFor')}
          description={say('alertPage.until', { time: clockText(nowMs + durationMs, nowMs, style) })}
          data={DURATIONS.map(({ word, ms }) => ({ value: String(ms), label: say(word) }))}
          value={String(durationMs)}
          onChange={event => setDurationMs(Number(event.currentTarget.value))}
        />
        <TextInput
          id={`${id}-reason`}
          name={`${name}-reason`}
          label={say('alertPage.reason')}
          required
          maxLength={300}
          value={reason}
          error={isMissing && say('alertPage.reasonMissing')}
          onChange={event => setReason(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" aria-disabled={isPending}>
          {submit}
        </Button>
        {error !== null && (
          <p role="alert" className={styles['problem']}>
            {say('alertPage.failed', { reason: failureText(error, say) })}
          </p>
        )}
      </form>
    </details>
  )
}
