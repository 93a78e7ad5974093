import type { StationRota } from '@harbor/protocol'
import { Button, Checkbox, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { Failure } from '../shell/failure.tsx'
import { localName, useWords } from '../words/words.tsx'
import { GapList } from './gap-list.tsx'
import { MemberList } from './member-list.tsx'
import styles from './rota.module.css'
import { ShiftForm } from './shift-form.tsx'
import { ShiftRow } from './shift-row.tsx'
import { useRotaAct, useStationRota } from './use-rota.ts'
import { WeekWays } from './week-ways.tsx'

interface StationWeekProps {
  station: string
  /** Undefined: from today on. */
  firstDay: string | undefined
  onWeek: (day: string) => void
}

/** A station's seven days: shifts, what nobody covers, who serves there; and for whoever manages it, how to change that. */
export function StationWeek({ station, firstDay, onWeek }: StationWeekProps) {
  const { say, language } = useWords()
  const answer = useStationRota(station, firstDay)
  const rota = answer.data
  if (rota === undefined && answer.isError) return <Failure error={answer.error} retry={() => void answer.refetch()} />
  if (rota === undefined) return <Skeleton height={240} radius="md" aria-busy="true" />
  const name = localName(language, { nameZh: rota.stationNameZh, nameEn: rota.stationNameEn })
  return (
    <section className={styles['section']} data-testid="station-week">
      <h2>{say('rota.week', { station: name })}</h2>
      {rota.mayManage && <Needs rota={rota} />}
      <WeekWays firstDay={rota.firstDay} onWeek={onWeek} />
      <div className={styles['columns']}>
        <div className={styles['section']}>
          <ul className={styles['list']}>
            {rota.shifts.map(shift => (
              <ShiftRow key={shift.id} shift={shift} members={rota.members} />
            ))}
          </ul>
          {rota.gaps.length > 0 && (
            <>
              <h3>{say('rota.gaps')}</h3>
              <GapList gaps={rota.gaps} />
            </>
          )}
          {rota.mayManage && <ShiftForm rota={rota} />}
        </div>
        <div className={styles['section']}>
          <MemberList rota={rota} />
          {rota.mayManage && rota.patterns.length > 0 && <Patterns rota={rota} />}
        </div>
      </div>
    </section>
  )
}

function Needs({ rota }: { rota: StationRota }) {
  const { say } = useWords()
  const [wanted, setWanted] = useState<boolean>()
  const set = useRotaAct((api, needs: boolean) => api.setNeeds(rota.station, needs), say('stock.saved'))
  return (
    <Checkbox
      name="needs-keeper"
      label={say('rota.needsKeeper')}
      checked={wanted ?? rota.needsKeeper}
      onChange={event => {
        // Shown at once: what is pressed must not look as if it was not until the server has answered.
        setWanted(event.currentTarget.checked)
        set.mutate(event.currentTarget.checked, { onSettled: () => setWanted(undefined) })
      }}
    />
  )
}

function Patterns({ rota }: { rota: StationRota }) {
  const { say } = useWords()
  const end = useRotaAct((api, id: string) => api.endPattern(id), say('stock.saved'))
  return (
    <>
      <h3>{say('rota.patterns')}</h3>
      <ul className={styles['list']}>
        {rota.patterns.map(({ id, rrule, from, halfHours, name }) => {
          const text = `${rrule.includes('DAILY') ? say('rota.daily') : say('rota.weekly')} ${from} · ${halfHours / 2} h`
          return (
            <li key={id} className={`card ${styles['row']}`} data-pattern={id}>
              <p>
                {text} · {name ?? say('rota.openShift')}
              </p>
              <div className={styles['acts']}>
                <Button
                  variant="default"
                  aria-label={say('rota.ends', { rule: text })}
                  aria-disabled={end.isPending}
                  onClick={() => end.isPending || end.mutate(id)}
                >
                  {say('rota.endShort')}
                </Button>
              </div>
            </li>
          )
        })}
      </ul>
    </>
  )
}
