import type { ShiftRequest, StationRota } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './rota.module.css'
import { useRotaAct } from './use-rota.ts'

const REPEATS = ['once', 'weekly', 'daily'] as const
type Repeat = (typeof REPEATS)[number]
/** RFC 5545: Sunday first, as `Date` counts. */
const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
/** Every half hour of a day, as text. */
const TIMES = Array.from({ length: 48 }, (_, half) => {
  const hour = String(Math.floor(half / 2)).padStart(2, '0')
  return `${hour}:${half % 2 === 0 ? '00' : '30'}`
})
const LENGTHS = Array.from({ length: 32 }, (_, index) => index + 1)

/** A shift, or one of every week or day; closed until somebody wants it. */
export function ShiftForm({ rota }: { rota: StationRota }) {
  const { say } = useWords()
  const [day, setDay] = useState(rota.firstDay)
  const [from, setFrom] = useState('09:00')
  const [halfHours, setHalfHours] = useState(8)
  const [repeat, setRepeat] = useState<Repeat>('weekly')
  const [person, setPerson] = useState('')
  const add = useRotaAct((api, request: ShiftRequest) => api.addShift(rota.station, request), say('stock.saved'))
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    if (add.isPending || day === '') return
    const weekday = DAYS[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? 'MO'
    const rrule = repeat === 'daily' ? 'FREQ=DAILY' : `FREQ=WEEKLY;BYDAY=${weekday}`
    add.mutate({
      day,
      from,
      halfHours,
      ...(repeat !== 'once' && { rrule }),
      ...(person !== '' && { person }),
    })
  }
  return (
    <details className={styles['disclosure']} data-form="shift">
      <summary>{say('rota.newShift')}</summary>
      <form className={styles['form']} onSubmit={send} noValidate>
        <TextInput
          type="date"
          name="day"
          label={say('rota.day')}
          value={day}
          onChange={event => setDay(event.currentTarget.value)}
        />
        <NativeSelect
          name="from"
          label={say('rota.from')}
          data={TIMES}
          value={from}
          onChange={event => setFrom(event.currentTarget.value)}
        />
        <NativeSelect
          name="length"
          label={say('rota.length')}
          data={LENGTHS.map(half => ({ value: String(half), label: String(half / 2) }))}
          value={String(halfHours)}
          onChange={event => setHalfHours(Number(event.currentTarget.value))}
        />
        <NativeSelect
          name="repeat"
          label={say('rota.repeat')}
          data={REPEATS.map(value => ({ value, label: say(`rota.${value}`) }))}
          value={repeat}
          onChange={event => setRepeat(REPEATS.find(one => one === event.currentTarget.value) ?? 'once')}
        />
        <NativeSelect
          name="person"
          label={say('rota.person')}
          data={[
            { value: '', label: say('rota.openShift') },
            ...rota.members.map(member => ({ value: member.person, label: member.name })),
          ]}
          value={person}
          onChange={event => setPerson(event.currentTarget.value)}
        />
        <Button type="submit" aria-disabled={add.isPending}>
          {say('rota.make')}
        </Button>
        {add.isError && (
          <p role="alert" className={styles['problem']}>
            {say('rota.failed', { reason: failureText(add.error, say) })}
          </p>
        )}
      </form>
    </details>
  )
}
