import { Button, NativeSelect, Skeleton } from '@mantine/core'
import type { ChecklistTemplate } from '@harbor/protocol'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { useStations } from '../stations/use-stations.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { Age } from '../time/age.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './checklists.module.css'
import type { Draft } from './draft.ts'
import { useFills, useTemplates } from './use-checklists.ts'
import { drafts, useDrafts } from './use-drafts.tsx'

/** Checklists of a station: those to fill in, those on this phone, and what was filled in before. */
export function ChecklistListPage() {
  const { say, language } = useWords()
  const [query, setQuery] = useSearchParams()
  const station = query.get('station') ?? ''
  const stations = useStations()
  const options = (stations.data?.stations ?? []).map(one => ({ value: one.id, label: localName(language, one) }))
  const templates = useTemplates()
  const offered = templates.data?.templates.filter(({ use }) => use === 'inspection') ?? []
  return (
    <Page title={say('checklist.title')}>
      <p>
        <Link to="/checklists/templates" className={styles['link']}>
          {say('checklist.template.toTemplates')}
        </Link>
      </p>
      <NativeSelect
        label={say('checklist.station')}
        data={[{ value: '', label: say('checklist.everyStation') }, ...options]}
        value={station}
        onChange={event => {
          const { value } = event.currentTarget
          setQuery(value === '' ? {} : { station: value }, { replace: true })
        }}
      />
      <section className={styles['list']} aria-label={say('checklist.fillIn')}>
        <h2>{say('checklist.fillIn')}</h2>
        {templates.isError && <Failure error={templates.error} retry={() => void templates.refetch()} />}
        {station === '' ? (
          <p className="quiet">{say('checklist.chooseStation')}</p>
        ) : (
          offered.map(template => <Offer key={template.id} template={template} to={`station=${station}`} />)
        )}
      </section>
      <OnThisPhone />
      <History station={station} />
    </Page>
  )
}

/** The way to a checklist. */
export function Offer({ template, to }: { template: ChecklistTemplate; to: string }) {
  const { language } = useWords()
  return (
    <Link
      to={`/checklists/fill/${template.id}?${to}`}
      className={`card ${styles['offer']}`}
      data-template={template.id}
    >
      {language === 'zh' ? template.titleZh : template.titleEn}
    </Link>
  )
}

function OnThisPhone() {
  const { say } = useWords()
  const all = useDrafts().data ?? []
  if (all.length === 0) return null
  return (
    <section className={styles['list']} aria-label={say('checklist.onPhone')}>
      <h2>{say('checklist.onPhone')}</h2>
      <ul className={styles['list']}>
        {all.map(draft => (
          <Kept key={draft.key} draft={draft} />
        ))}
      </ul>
    </section>
  )
}

function Kept({ draft }: { draft: Draft }) {
  const { say, language } = useWords()
  const client = useQueryClient()
  const { template, station, workOrder, state, reason, key } = draft
  const order = workOrder === undefined ? '' : `&order=${workOrder}`
  const discard = async () => {
    await drafts.remove(key)
    await client.invalidateQueries({ queryKey: ['checklist-drafts'] })
  }
  return (
    <li className={`card ${styles['row']}`} data-draft={state}>
      <strong>{language === 'zh' ? template.titleZh : template.titleEn}</strong>
      <span className="quiet">
        {station} · {say(`checklist.draft.${state}`)}
      </span>
      {reason !== undefined && <span role="alert">{reason}</span>}
      <span className={styles['where']}>
        {state === 'filling' && (
          <Link to={`/checklists/fill/${template.id}?station=${station}${order}`} className={styles['link']}>
            {say('checklist.goOn')}
          </Link>
        )}
        {state !== 'waiting' && (
          <Button variant="subtle" onClick={() => void discard()}>
            {say('checklist.discard')}
          </Button>
        )}
      </span>
    </li>
  )
}

function History({ station }: { station: string }) {
  const { say, language } = useWords()
  const fills = useFills(station === '' ? {} : { station })
  return (
    <section className={styles['list']} aria-label={say('checklist.history')}>
      <h2>{say('checklist.history')}</h2>
      {fills.isError && <Failure error={fills.error} retry={() => void fills.refetch()} />}
      {fills.isPending && <Skeleton height={120} radius="md" aria-busy="true" />}
      {fills.data?.fills.length === 0 && <p className="quiet">{say('checklist.none')}</p>}
      <ul className={styles['list']}>
        {fills.data?.fills.map(fill => (
          <li key={fill.key} className={`card ${styles['row']}`} data-fill={fill.key} data-failed={fill.failed > 0}>
            <Link to={`/checklists/${fill.key}`} className={styles['link']}>
              {language === 'zh' ? fill.titleZh : fill.titleEn}
            </Link>
            <span>{localName(language, { nameZh: fill.stationNameZh, nameEn: fill.stationNameEn })}</span>
            <span className="quiet">
              {fill.by} · <Age at={fill.filledAt} />
            </span>
            <span className={fill.failed > 0 ? styles['failed'] : 'quiet'}>
              {fill.failed > 0 ? say('checklist.failedLines', { count: fill.failed }) : say('checklist.allGood')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
