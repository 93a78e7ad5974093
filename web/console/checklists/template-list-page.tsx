import { Skeleton } from '@mantine/core'
import { Link } from 'react-router'
import { useSession } from '../session/use-session.ts'
import { Failure } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { useWords } from '../words/words.tsx'
import orders from '../work-orders/orders.module.css'
import styles from './checklists.module.css'
import { useEveryTemplate } from './use-templates.ts'

/** Every checklist: for what it is, its version and its lines. */
export function TemplateListPage() {
  const { say, language } = useWords()
  const mayWrite = useSession().data?.role === 'administrator'
  const list = useEveryTemplate()
  const templates = list.data?.templates
  return (
    <Page title={say('checklist.template.title')}>
      <p className={orders['line']}>
        <Link to="/checklists" className={orders['link']}>
          <BackIcon /> {say('checklist.title')}
        </Link>
        {mayWrite && (
          <Link to="/checklists/templates/new" className={orders['link']}>
            {say('checklist.template.make')}
          </Link>
        )}
      </p>
      {templates === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {templates === undefined && !list.isError && <Skeleton height={200} radius="md" aria-busy="true" />}
      {templates?.length === 0 && <p className="quiet">{say('checklist.template.none')}</p>}
      <ul className={styles['list']}>
        {templates?.map(({ id, titleZh, titleEn, use, applianceKind, isRetired, version, lines }) => (
          <li key={id} className={`card ${styles['row']}`} data-template={id}>
            <Link to={`/checklists/templates/${id}`} className={orders['open']}>
              {language === 'zh' ? titleZh : titleEn}
            </Link>
            <span>
              {say(`checklist.template.use.${use}`)}
              {use === 'order' && (
                <>
                  {' · '}
                  {applianceKind === undefined
                    ? say('checklist.template.forEvery')
                    : say('checklist.template.forKind', { appliance: say(`appliance.${applianceKind}`) })}
                </>
              )}
            </span>
            <span className="quiet">
              {say('checklist.version', { version })} · {say('checklist.template.lines', { count: lines.length })}
            </span>
            {isRetired === true && <b>{say('checklist.template.isRetired')}</b>}
          </li>
        ))}
      </ul>
    </Page>
  )
}
