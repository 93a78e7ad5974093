import { EDITABLE_FIGURES } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import styles from '../measure/measure.module.css'
import { figureName } from '../measure/usage-text.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'

/** A reason is a sentence, not a full stop: the server's own limit. */
const MIN_REASON = 5

/** Sets a day's figure by hand, or takes that back, with a reason; closed until somebody wants it. */
export function EditForm({ station, usual }: { station: string; usual: string }) {
  const { say, language } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  const [date, setDate] = useState(usual)
  const [figure, setFigure] = useState<(typeof EDITABLE_FIGURES)[number]>('visits')
  const [value, setValue] = useState('')
  const [reason, setReason] = useState('')
  const [isChecked, setIsChecked] = useState(false)
  const send = useMutation({
    mutationFn: api.management.edit,
    onSuccess() {
      announce(say('usage.saved'))
      setValue('')
      setReason('')
      setIsChecked(false)
      return client.invalidateQueries({ queryKey: queryKeys.everyMeasure })
    },
  })
  const number = value.trim() === '' ? undefined : Number(value)
  const isWrong = number !== undefined && !(number >= 0 && number <= 100_000)
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (isWrong || reason.trim().length < MIN_REASON || send.isPending) return
    send.mutate({ station, date, figure, reason: reason.trim(), ...(number === undefined ? {} : { value: number }) })
  }
  return (
    <details className={styles['disclosure']} data-form="edit">
      <summary>{say('usage.edit')}</summary>
      <form className={styles['form']} onSubmit={onSubmit} noValidate>
        <TextInput
          type="date"
          label={say('usage.date')}
          value={date}
          onChange={event => setDate(event.currentTarget.value)}
        />
        <NativeSelect
          label={say('usage.figure')}
          data={EDITABLE_FIGURES.map(one => ({ value: one, label: figureName(one, language) }))}
          value={figure}
          onChange={event => setFigure(EDITABLE_FIGURES.find(one => one === event.currentTarget.value) ?? 'visits')}
        />
        <TextInput
          inputMode="decimal"
          label={say('usage.newValue')}
          description={say('usage.emptyTakesBack')}
          value={value}
          error={isChecked && isWrong && say('usage.notANumber')}
          onChange={event => setValue(event.currentTarget.value)}
        />
        <TextInput
          label={say('usage.reasonGiven')}
          value={reason}
          maxLength={500}
          error={isChecked && reason.trim().length < MIN_REASON && say('usage.reasonNeeded')}
          onChange={event => setReason(event.currentTarget.value)}
        />
        <Button type="submit" loading={send.isPending}>
          {say('usage.save')}
        </Button>
      </form>
      {send.isError && (
        <p role="alert" className={styles['error']}>
          {failureText(send.error, say)}
        </p>
      )}
    </details>
  )
}
