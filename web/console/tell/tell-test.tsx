import { Button } from '@mantine/core'
import type { TellSettings } from '@harbor/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useConsole } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './tell.module.css'
import { TELL_SETTINGS } from './use-tell.ts'

/** A message to oneself, and what the push and mail services said to it: that a phone showed it only its person can say. */
export function TellTest({ settings: { devices, isMailConfirmed, sendsMail } }: { settings: TellSettings }) {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const test = useMutation({
    mutationFn: () => api.tell.test(),
    // A browser that its service no longer knows was forgotten.
    onSuccess: () => client.invalidateQueries({ queryKey: TELL_SETTINGS }),
  })
  if (devices.length === 0 && !(isMailConfirmed && sendsMail) && test.data === undefined) return null
  return (
    <section className={`card ${styles['part']}`} data-part="test">
      <h2>{say('tell.test')}</h2>
      <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
        {say('tell.sendTest')}
      </Button>
      <div role="status" className={styles['list']}>
        {test.data?.ways.map(({ channel, label, result, reason = '' }, index) => (
          <p key={index} data-result={result}>
            {say(`tell.channel.${channel}`)} {label}: {say(`tell.tested.${result}`, { reason })}
          </p>
        ))}
        {test.data?.ways.length === 0 && <p>{say('tell.testedNothing')}</p>}
      </div>
      {test.isError && <p role="alert">{failureText(test.error, say)}</p>}
    </section>
  )
}
