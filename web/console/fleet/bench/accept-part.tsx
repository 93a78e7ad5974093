import type { BenchView } from '@harbor/protocol'
import { Button, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { sheetPath } from '../../api/fleet-twin-api.ts'
import { Part } from '../../shell/part.tsx'
import { Age } from '../../time/age.tsx'
import { useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { useFleetAct } from '../use-fleet.ts'

/** The gateway is accepted once all is green; else only with the reason why it is all the same. The sheet is for print. */
export function AcceptPart({ view }: { view: BenchView }) {
  const { say, language } = useWords()
  const { gateway, mark, acceptance } = view
  const [note, setNote] = useState('')
  const [exceptions, setExceptions] = useState('')
  const [isChecked, setIsChecked] = useState(false)
  const accept = useFleetAct((api, body: Parameters<typeof api.twin.accept>[1]) => api.twin.accept(gateway, body))
  const isGreen = mark === 'green'
  const needsReason = !isGreen && exceptions.trim() === ''
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (needsReason || accept.isPending) return
    accept.mutate({ note: note.trim(), ...(!isGreen && { exceptions: exceptions.trim() }) })
  }
  return (
    <Part name="accept" title={say('bench.acceptTitle')}>
      {acceptance === undefined ? (
        <form className={styles['stack']} noValidate data-form="accept" onSubmit={submit}>
          <TextInput
            name="note"
            label={say('bench.note')}
            maxLength={500}
            value={note}
            onChange={event => setNote(event.currentTarget.value)}
          />
          {!isGreen && (
            <TextInput
              name="exceptions"
              label={say('bench.exceptions')}
              description={say('bench.exceptionsHint')}
              maxLength={500}
              value={exceptions}
              error={isChecked && needsReason && say('bench.needReason')}
              onChange={event => setExceptions(event.currentTarget.value)}
            />
          )}
          {accept.isError && (
            <p role="alert" className={styles['problem']}>
              {say('order.failed', { reason: fleetFailureText(accept.error, say) })}
            </p>
          )}
          <div className={styles['actions']}>
            <Button type="submit" size="md" data-testid="accept" aria-disabled={accept.isPending}>
              {say(isGreen ? 'bench.accept' : 'bench.acceptAnyway')}
            </Button>
          </div>
        </form>
      ) : (
        <div data-testid="accepted" role="status">
          <p>
            <b>{say('bench.accepted', { name: acceptance.byName })}</b> <Age at={acceptance.at} />
          </p>
          {acceptance.note !== '' && <p>{acceptance.note}</p>}
          {acceptance.exceptions !== undefined && (
            <p className={styles['warning']}>{say('bench.with', { reason: acceptance.exceptions })}</p>
          )}
        </div>
      )}
      <a className={styles['link']} href={sheetPath(gateway, language)} data-testid="acceptance-sheet" download>
        {say(acceptance === undefined ? 'bench.sheetNow' : 'bench.sheet')}
      </a>
    </Part>
  )
}
