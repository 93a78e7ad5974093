import type { WeatherRequest } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { useConsole } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './notices.module.css'
import { EVERY_NOTICE } from './use-notices.ts'

const SIGNALS = ['yellow', 'orange', 'red'] as const

/** Weather typed in by hand, where no service brings it. */
export function WeatherForm({ district }: { district: string }) {
  const { say } = useWords()
  const { api, clock } = useConsole()
  const client = useQueryClient()
  const [outdoor, setOutdoor] = useState('')
  const [highest, setHighest] = useState('')
  const [signal, setSignal] = useState<(typeof SIGNALS)[number]>()
  const [ends, setEnds] = useState('')
  const [source, setSource] = useState('')
  const [isChecked, setIsChecked] = useState(false)
  const save = useMutation({
    mutationFn: (weather: WeatherRequest) => api.notices.typeWeather(weather),
    onSuccess: () => client.invalidateQueries({ queryKey: EVERY_NOTICE }),
  })
  const wrong = (text: string) => isChecked && !isDegrees(text) && say('notices.heatPage.number')
  const missing = (text: string) => isChecked && text === '' && say('notices.form.missing')
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    const isBare = signal !== undefined && (ends === '' || source.trim() === '')
    if (!isDegrees(outdoor) || (highest !== '' && !isDegrees(highest)) || isBare || save.isPending) return
    save.mutate({
      district,
      outdoorC: Number(outdoor),
      ...(highest !== '' && { maxTodayC: Number(highest) }),
      ...(signal !== undefined && {
        warning: {
          kind: 'heat' as const,
          signal,
          from: new Date(clock.now()).toISOString(),
          to: new Date(ends).toISOString(),
          source,
        },
      }),
    })
  }
  return (
    <details className={styles['disclosure']} data-form="weather">
      <summary>{say('notices.heatPage.type')}</summary>
      <form className={styles['form']} onSubmit={send} noValidate>
        <TextInput
          name="outdoor"
          inputMode="decimal"
          label={say('notices.heatPage.outdoor')}
          required
          value={outdoor}
          error={wrong(outdoor)}
          onChange={event => setOutdoor(event.currentTarget.value)}
        />
        <TextInput
          name="highest"
          inputMode="decimal"
          label={say('notices.heatPage.maxToday')}
          value={highest}
          error={highest !== '' && wrong(highest)}
          onChange={event => setHighest(event.currentTarget.value)}
        />
        <NativeSelect
          name="signal"
          label={say('notices.heatPage.signal')}
          data={[
            { value: '', label: say('notices.heatPage.none') },
            ...SIGNALS.map(value => ({ value, label: say(`notices.heatPage.warning.${value}`) })),
          ]}
          value={signal ?? ''}
          onChange={event => setSignal(SIGNALS.find(one => one === event.currentTarget.value))}
        />
        {signal !== undefined && (
          <>
            <TextInput
              name="ends"
              type="datetime-local"
              label={say('notices.heatPage.ends')}
              required
              value={ends}
              error={missing(ends)}
              onChange={event => setEnds(event.currentTarget.value)}
            />
            <TextInput
              name="source"
              label={say('notices.heatPage.source')}
              required
              maxLength={120}
              value={source}
              error={missing(source)}
              onChange={event => setSource(event.currentTarget.value)}
            />
          </>
        )}
        <Button type="submit" variant="default" aria-disabled={save.isPending}>
          {say('notices.heatPage.save')}
        </Button>
        {save.isSuccess && <p role="status">{say('notices.heatPage.saved')}</p>}
        {save.isError && (
          <p role="alert" className={styles['problem']}>
            {say('notices.failed', { reason: failureText(save.error, say) })}
          </p>
        )}
      </form>
    </details>
  )
}

function isDegrees(text: string): boolean {
  return text.trim() !== '' && Math.abs(Number(text)) <= 60
}
