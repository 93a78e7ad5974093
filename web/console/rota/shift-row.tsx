import type { RotaMember, Shift, ShiftAct } from '@harbor/protocol'
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTimeStyle } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { clockText } from '../time/format.ts'
import { localName, useWords } from '../words/words.tsx'
import { AssignShift } from './assign-shift.tsx'
import styles from './rota.module.css'
import { spanText } from './span-text.ts'
import { useRotaAct } from './use-rota.ts'

/** The act that is meant most often stands first and stands out. */
const FIRST: readonly ShiftAct[] = ['check_in', 'check_out', 'sign_up', 'take', 'confirm']
/** Whom one assigns is chosen below. */
const ELSEWHERE: readonly ShiftAct[] = ['assign']

interface ShiftRowProps {
  shift: Shift
  /** Whom it could be given to; absent: that is done elsewhere. */
  members?: readonly RotaMember[]
  /** The code on the door, when it was scanned. */
  doorCode?: string
}

/** A shift, with what may be done to it. */
export function ShiftRow({ shift, members = [], doorCode = '' }: ShiftRowProps) {
  const { say, language } = useWords()
  const style = useTimeStyle()
  const [code, setCode] = useState(doorCode)
  const [asked, setAsked] = useState<ShiftAct>('sign_up')
  const act = useRotaAct(
    (api, given: ShiftAct) =>
      api.act(shift.id, {
        act: given,
        ...(given === 'check_in' && code.trim() !== '' && { code: code.trim().toLowerCase() }),
      }),
    say('rota.done', { act: say(`rota.act.${asked}`) }),
  )
  const station = localName(language, { nameZh: shift.stationNameZh, nameEn: shift.stationNameEn })
  const time = spanText(shift, style)
  const acts = shift.mayDo
    .filter(one => !ELSEWHERE.includes(one))
    .toSorted((a, b) => Number(FIRST.includes(b)) - Number(FIRST.includes(a)))
  const press = (given: ShiftAct) => {
    if (act.isPending) return
    setAsked(given)
    act.mutate(given)
  }
  return (
    <li className={`card ${styles['row']}`} data-shift={shift.id} data-state={shift.state}>
      <p className={styles['head']}>
        <span className={styles['time']}>{time}</span>
        <span className={styles['state']}>{say(`rota.state.${shift.state}`)}</span>
      </p>
      <p>
        {station}
        {shift.name !== undefined && ` · ${shift.name}`}
      </p>
      {shift.swap !== undefined && (
        <p>{shift.swap.by === undefined ? say('rota.offered') : say('rota.wanted', { name: shift.swap.name ?? '' })}</p>
      )}
      {shift.checkedInAt !== undefined && (
        <p className="quiet">
          {say('rota.checkedIn', {
            time: clockText(Date.parse(shift.checkedInAt), Date.parse(shift.checkedInAt), style),
          })}
          {shift.shownBy !== undefined && ` · ${say(`rota.${shift.shownBy}`)}`}
        </p>
      )}
      {shift.hours !== undefined && <p>{say('rota.served', { hours: shift.hours })}</p>}
      {shift.mayDo.includes('check_in') && (
        <TextInput
          label={say('rota.code')}
          name="code"
          maxLength={32}
          autoComplete="off"
          value={code}
          onChange={event => setCode(event.currentTarget.value)}
        />
      )}
      {acts.length > 0 && (
        <div className={styles['acts']}>
          {acts.map(one => (
            <Button
              key={one}
              variant={FIRST.includes(one) ? 'filled' : 'default'}
              data-act={one}
              aria-disabled={act.isPending}
              aria-label={say('rota.actNamed', { act: say(`rota.act.${one}`), station, time })}
              onClick={() => press(one)}
            >
              {say(`rota.act.${one}`)}
            </Button>
          ))}
        </div>
      )}
      {shift.mayDo.includes('assign') && <AssignShift shift={shift} members={members} name={`${station}, ${time}`} />}
      {act.isError && (
        <p role="alert" className={styles['problem']}>
          {say('rota.failed', { reason: failureText(act.error, say) })}
        </p>
      )}
    </li>
  )
}
