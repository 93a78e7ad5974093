import type { DistrictInScope, MonthlyReport } from '@harbor/protocol'
import { Button, Checkbox, NativeSelect, Skeleton, TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { Link } from 'react-router'
import { reportPath } from '../api/reports-api.ts'
import { useRegions } from '../region/use-regions.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { useTimeStyle } from '../console-context.ts'
import { dateIn } from '../period/period.ts'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { localName, useWords } from '../words/words.tsx'
import { monthName, newestFullMonth } from './months.ts'
import styles from './reports.module.css'
import { useMailed, useMakeReport, useReports } from './use-reports.ts'

/** Monthly reports of one's districts: to take away, to be sent, and to be made of a month that has none. */
export function ReportsPage() {
  const { say } = useWords()
  const list = useReports()
  const regions = useRegions().data
  const districts = regions?.districts.filter(({ isWhole }) => isWhole)
  const reports = list.data?.reports
  const months = [...new Set(reports?.map(({ month }) => month))]
  return (
    <Page title={say('reports.title')}>
      <p className="quiet">{say('reports.intro')}</p>
      {reports === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {reports === undefined && !list.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={120} radius="md" />
        </div>
      )}
      {reports?.length === 0 && (
        <p className="card" data-testid="no-reports">
          {say('reports.none')}
        </p>
      )}
      {months.map(month => (
        <MonthCard key={month} month={month} reports={(reports ?? []).filter(one => one.month === month)} />
      ))}
      {list.data !== undefined && districts !== undefined && districts.length > 0 && (
        <>
          <Mailing list={list.data} districts={districts} />
          <MakeForm districts={districts} />
        </>
      )}
    </Page>
  )
}

function MonthCard({ month, reports }: { month: string; reports: readonly MonthlyReport[] }) {
  const { say, language } = useWords()
  const style = useTimeStyle()
  const now = useNow()
  return (
    <section className={`card ${styles['month']}`} data-month={month}>
      <h2>{monthName(month, language)}</h2>
      <ul className={styles['list']}>
        {reports.map(report => {
          const name = localName(language, { nameZh: report.districtNameZh, nameEn: report.districtNameEn })
          return (
            <li key={report.district} className={styles['report']}>
              <span>
                <strong>{name}</strong>
                <span className="quiet">
                  {report.madeBy === undefined
                    ? say('reports.made', { at: clockText(Date.parse(report.madeAt), now, style) })
                    : say('reports.madeBy', {
                        at: clockText(Date.parse(report.madeAt), now, style),
                        name: report.madeBy,
                      })}
                </span>
              </span>
              <span className={styles['files']}>
                {(['pdf', 'xlsx'] as const).map(format => (
                  <a
                    key={format}
                    className={styles['file']}
                    href={reportPath(report, format, language)}
                    download
                    aria-label={say('reports.file', { format: format.toUpperCase(), district: name, month })}
                  >
                    {format.toUpperCase()}
                  </a>
                ))}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

interface MailingProps {
  list: NonNullable<ReturnType<typeof useReports>['data']>
  districts: readonly DistrictInScope[]
}

function Mailing({ list, districts }: MailingProps) {
  const { say, language } = useWords()
  const style = useTimeStyle()
  const now = useNow()
  const set = useMailed()
  // Shown as it was chosen, at once; what the server says of it comes after.
  const [chosen, setChosen] = useState<readonly string[]>()
  const mailed = chosen ?? list.mailed
  const change = (district: string, isSent: boolean) => {
    const others = mailed.filter(one => one !== district)
    const next = isSent ? [...others, district] : others
    setChosen(next)
    // Called for the last choice alone, when several were made before an answer.
    set.mutate(next, { onSettled: () => setChosen(undefined) })
  }
  return (
    <fieldset className={`card ${styles['mailing']}`} data-form="mailing">
      <legend>{say('reports.mailing')}</legend>
      <p className="quiet">{say('reports.next', { at: clockText(Date.parse(list.nextAt), now, style) })}</p>
      {!list.hasMail && (
        <p className={styles['warning']}>
          {say('reports.noMail')} <Link to="/tell">{say('reports.setMail')}</Link>
        </p>
      )}
      {districts.map(({ district, nameZh, nameEn }) => (
        <Checkbox
          key={district}
          name="mailed"
          value={district}
          label={localName(language, { nameZh, nameEn })}
          checked={mailed.includes(district)}
          onChange={event => change(district, event.currentTarget.checked)}
        />
      ))}
      {set.isError && (
        <p role="alert" className={styles['problem']}>
          {say('reports.failed', { reason: failureText(set.error, say) })}
        </p>
      )}
    </fieldset>
  )
}

function MakeForm({ districts }: { districts: readonly DistrictInScope[] }) {
  const { say, language } = useWords()
  const { timeZone } = useTimeStyle()
  const latest = newestFullMonth(dateIn(useNow(), timeZone))
  const [month, setMonth] = useState(latest)
  const [district, setDistrict] = useState(districts[0]?.district ?? '')
  const make = useMakeReport()
  const hint = useId()
  return (
    <details className={styles['disclosure']} data-form="make">
      <summary>{say('reports.make')}</summary>
      <form
        className={styles['form']}
        onSubmit={event => {
          event.preventDefault()
          if (!make.isPending) make.mutate({ district, month })
        }}
      >
        <p className="quiet" id={hint}>
          {say('reports.makeHint')}
        </p>
        <NativeSelect
          label={say('reports.district')}
          name="district"
          data={districts.map(one => ({ value: one.district, label: localName(language, one) }))}
          value={district}
          onChange={event => setDistrict(event.currentTarget.value)}
        />
        <TextInput
          type="month"
          label={say('reports.month')}
          name="month"
          required
          pattern="\d{4}-\d{2}"
          max={latest}
          aria-describedby={hint}
          value={month}
          onChange={event => setMonth(event.currentTarget.value)}
        />
        <Button type="submit" aria-disabled={make.isPending}>
          {say(make.isPending ? 'reports.making' : 'reports.makeNow')}
        </Button>
        {make.isError && (
          <p role="alert" className={styles['problem']}>
            {say('reports.failed', { reason: failureText(make.error, say) })}
          </p>
        )}
      </form>
    </details>
  )
}
