import { Skeleton } from '@mantine/core'
import type { ChecklistFillDetail, ChecklistLine } from '@harbor/protocol'
import { Link, useParams } from 'react-router'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { Age } from '../time/age.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './checklists.module.css'
import { useFill } from './use-checklists.ts'

/** A checklist as it was filled in. */
export function FillDetailPage() {
  const { key = '' } = useParams()
  const { say, language } = useWords()
  const fill = useFill(key)
  const { data } = fill
  if (data === undefined)
    return (
      <Page title={say('checklist.title')}>
        {fill.isError ? (
          <Failure error={fill.error} retry={() => void fill.refetch()} />
        ) : (
          <Skeleton height={320} radius="md" aria-busy="true" />
        )}
      </Page>
    )
  return (
    <Page title={language === 'zh' ? data.titleZh : data.titleEn}>
      <p className={styles['where']}>
        <Link to={`/stations/${data.station}`} className={styles['link']}>
          {localName(language, { nameZh: data.stationNameZh, nameEn: data.stationNameEn })}
        </Link>
        <span className="quiet">
          {data.by} · <Age at={data.filledAt} /> · {say('checklist.version', { version: data.version })}
        </span>
      </p>
      <ol className={styles['list']}>
        {data.lines.map(line => (
          <Answer key={line.id} fill={data} line={line} />
        ))}
      </ol>
    </Page>
  )
}

function Answer({ fill, line }: { fill: ChecklistFillDetail; line: ChecklistLine }) {
  const { say, language } = useWords()
  const answer = fill.answers.find(one => one.line === line.id)
  const label = language === 'zh' ? line.labelZh : line.labelEn
  return (
    <li className={`card ${styles['row']}`} data-line={line.id} data-failed={answer?.failed === true}>
      <strong>{label}</strong>
      <span className={answer?.failed === true ? styles['failed'] : undefined}>
        {useAnswerText(line, answer?.value)}
      </span>
      {answer?.note !== undefined && <span>{answer.note}</span>}
      {answer?.workOrder !== undefined && (
        <Link to={`/work-orders/${answer.workOrder}`} className={styles['link']}>
          {say('checklist.toOrder')}
        </Link>
      )}
      {answer !== undefined && answer.photos.length > 0 && (
        <span className={styles['photos']}>
          {answer.photos.map((photo, index) => (
            <a key={photo} href={photo}>
              <img
                src={photo}
                alt={say('checklist.photoOf', { line: label, number: index + 1 })}
                width={96}
                height={96}
              />
            </a>
          ))}
        </span>
      )}
      {answer !== undefined && answer.photosMissing > 0 && (
        <span className="quiet">{say('checklist.photosMissing', { count: answer.photosMissing })}</span>
      )}
    </li>
  )
}

function useAnswerText(line: ChecklistLine, value: string | number | undefined): string {
  const { say, language } = useWords()
  if (value === undefined) return line.type === 'photo' ? '' : say('checklist.leftOut')
  if (line.type === 'pass_fail') return say(value === 'pass' ? 'checklist.pass' : 'checklist.fail')
  if (line.type === 'number') return `${value} ${line.unit ?? ''}`
  if (line.type !== 'choice') return String(value)
  const option = line.options.find(({ id }) => id === value)
  return (language === 'zh' ? option?.labelZh : option?.labelEn) ?? String(value)
}
