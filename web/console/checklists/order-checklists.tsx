import type { WorkOrder } from '@harbor/protocol'
import { Link } from 'react-router'
import { Age } from '../time/age.tsx'
import { useWords } from '../words/words.tsx'
import { Offer } from './checklist-list-page.tsx'
import styles from './checklists.module.css'
import { useFills, useTemplates } from './use-checklists.ts'

/** Checklists for an order of this kind of appliance, and those filled in with it. */
export function OrderChecklists({ order }: { order: WorkOrder }) {
  const { say, language } = useWords()
  const fills = useFills({ workOrder: order.id }).data?.fills ?? []
  const isOpen = order.state === 'accepted' || order.state === 'on_site' || order.state === 'done'
  const offered = (useTemplates().data?.templates ?? []).filter(
    ({ use, applianceKind }) =>
      isOpen && use === 'order' && (applianceKind === undefined || applianceKind === order.applianceKind),
  )
  if (fills.length + offered.length === 0) return null
  return (
    <section className={`card ${styles['part']}`} data-part="checklists">
      <h2>{say('checklist.title')}</h2>
      {offered.map(template => (
        <Offer key={template.id} template={template} to={`station=${order.station}&order=${order.id}`} />
      ))}
      <ul>
        {fills.map(fill => (
          <li key={fill.key}>
            <Link to={`/checklists/${fill.key}`} className={styles['link']}>
              {language === 'zh' ? fill.titleZh : fill.titleEn}
            </Link>{' '}
            <span className="quiet">
              {fill.by} · <Age at={fill.filledAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
