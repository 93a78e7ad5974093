import { type FeedbackView, SEVERITIES } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { Link } from 'react-router'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './feedback.module.css'

/** Makes work of what a visitor said: closed until somebody wants it. */
export function WorkForm({ report }: { report: FeedbackView }) {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  const [title, setTitle] = useState(say(`feedback.topic.${report.topic}`))
  const [severity, setSeverity] = useState<(typeof SEVERITIES)[number]>('P3')
  const make = useMutation({
    mutationFn: () => api.workOrders.create({ report: report.id, severity, title: title.trim() }),
    onSuccess: () => announce(say('feedback.madeWork')),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: queryKeys.everyFeedbackList })
      void client.invalidateQueries({ queryKey: queryKeys.everyOrderList })
    },
  })
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    if (title.trim() !== '' && !make.isPending) make.mutate()
  }
  if (make.data !== undefined)
    return (
      <Link to={`/work-orders/${make.data.id}`} className={styles['station']} data-testid="made-work">
        {say('feedback.toOrder')}
      </Link>
    )
  return (
    <details className={styles['disclosure']} data-form="work">
      <summary>{say('feedback.makeWork')}</summary>
      <form className={styles['form']} onSubmit={send} noValidate>
        <TextInput
          name="title"
          label={say('feedback.workTitle')}
          maxLength={120}
          required
          value={title}
          onChange={event => setTitle(event.currentTarget.value)}
        />
        <NativeSelect
          name="severity"
          label={say('order.severity')}
          data={SEVERITIES.map(value => ({ value, label: `${value} ${say(`severity.${value}`)}` }))}
          value={severity}
          onChange={event => setSeverity(SEVERITIES.find(one => one === event.currentTarget.value) ?? 'P3')}
        />
        <Button type="submit" aria-disabled={make.isPending || title.trim() === ''}>
          {say('feedback.makeWork')}
        </Button>
        {make.isError && (
          <p role="alert" className={styles['problem']}>
            {say('feedback.failed', { reason: failureText(make.error, say) })}
          </p>
        )}
      </form>
    </details>
  )
}
