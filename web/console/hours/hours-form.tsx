import { HOURS_CHANGE_KINDS, type HoursChangeRequest, type StationView } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './hours.module.css'
import { useHoursAct } from './use-hours.ts'

type Kind = (typeof HOURS_CHANGE_KINDS)[number]

interface HoursFormProps {
  /** The one whose page led here, if any. */
  station: StationView | undefined
  /** One station of each district that may be changed as a whole. */
  districts: readonly StationView[]
}

/** Other hours for some days; closed until somebody wants it. */
export function HoursForm({ station, districts }: HoursFormProps) {
  const { say, language } = useWords()
  const today = useToday()
  const [where, setWhere] = useState(station === undefined ? (districts[0]?.district ?? '') : 'station')
  const [kind, setKind] = useState<Kind>(station === undefined ? 'heat' : 'closure')
  const [from, setFrom] = useState(today)
  const [to, setTo] = useState(today)
  const [hours, setHours] = useState('08:00-22:00')
  // As long as nobody has written another, the reason is what is usual for its kind.
  const [written, setWritten] = useState<{ zh?: string; en?: string }>({})
  const [isChecked, setIsChecked] = useState(false)
  /** Counts what was sent: each closes the form by making it anew. */
  const [sent, setSent] = useState(0)
  const add = useHoursAct((api, change: HoursChangeRequest) => api.add(change), say('hours.sent'))
  const reasonZh = written.zh ?? say(`hours.usualZh.${kind}`)
  const reasonEn = written.en ?? say(`hours.usualEn.${kind}`)
  const missing = (text: string) => isChecked && text.trim() === '' && say('hours.missing')
  const isBackwards = to < from

  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    const needed = [from, to, reasonZh, reasonEn, ...(kind === 'closure' ? [] : [hours])]
    if (needed.some(text => text.trim() === '') || isBackwards || add.isPending) return
    const place = where === 'station' && station !== undefined ? { station: station.id } : { district: where }
    const open = kind === 'closure' ? {} : { hours }
    add.mutate(
      { ...place, ...open, kind, from, to, reasonZh, reasonEn },
      {
        onSuccess: () => {
          setWritten({})
          setIsChecked(false)
          setSent(sent + 1)
        },
      },
    )
  }
  const places = [
    ...(station === undefined ? [] : [{ value: 'station', label: localName(language, station) }]),
    ...districts.map(({ district, districtNameZh, districtNameEn }) => ({
      value: district,
      label: say('hours.wholeDistrict', {
        district: localName(language, { nameZh: districtNameZh, nameEn: districtNameEn }),
      }),
    })),
  ]
  return (
    <details key={sent} className={styles['disclosure']} data-form="hours">
      <summary>{say('hours.form')}</summary>
      <form className={styles['form']} onSubmit={send} noValidate>
        <NativeSelect
          name="where"
          label={say('hours.where')}
          data={places}
          value={where}
          onChange={event => setWhere(event.currentTarget.value)}
        />
        <NativeSelect
          name="kind"
          label={say('hours.what')}
          data={HOURS_CHANGE_KINDS.map(value => ({ value, label: say(`hours.kind.${value}`) }))}
          value={kind}
          onChange={event => setKind(HOURS_CHANGE_KINDS.find(one => one === event.currentTarget.value) ?? kind)}
        />
        <TextInput
          type="date"
          name="from"
          label={say('hours.from')}
          required
          value={from}
          error={missing(from)}
          onChange={event => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          name="to"
          label={say('hours.to')}
          required
          value={to}
          error={missing(to) || (isChecked && isBackwards && say('hours.daysWrong'))}
          onChange={event => setTo(event.currentTarget.value)}
        />
        {kind !== 'closure' && (
          <TextInput
            name="hours"
            label={say('hours.hours')}
            description={say('hours.hoursHint')}
            required
            maxLength={500}
            value={hours}
            error={missing(hours)}
            onChange={event => setHours(event.currentTarget.value)}
          />
        )}
        <TextInput
          name="reason-zh"
          label={say('hours.reasonZh')}
          lang="zh-CN"
          required
          maxLength={300}
          value={reasonZh}
          error={missing(reasonZh)}
          onChange={event => setWritten({ ...written, zh: event.currentTarget.value })}
        />
        <TextInput
          name="reason-en"
          label={say('hours.reasonEn')}
          lang="en"
          required
          maxLength={300}
          value={reasonEn}
          error={missing(reasonEn)}
          onChange={event => setWritten({ ...written, en: event.currentTarget.value })}
        />
        <Button type="submit" aria-disabled={add.isPending}>
          {say('hours.send')}
        </Button>
        {add.isError && (
          <p role="alert" className={styles['problem']}>
            {say('hours.failed', { reason: failureText(add.error, say) })}
          </p>
        )}
      </form>
    </details>
  )
}

/** The date on the stations' calendar, as `2026-07-30`. */
function useToday(): string {
  const { clock } = useConsole()
  const { timeZone } = useTimeStyle()
  const [today] = useState(() => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(clock.now()))
  return today
}
