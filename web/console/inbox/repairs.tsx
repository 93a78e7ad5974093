import type { Repair } from '@harbor/protocol'
import { Link } from 'react-router'
import { Failure } from '../shell/failure.tsx'
import { Age } from '../time/age.tsx'
import { useWords } from '../words/words.tsx'
import { costText } from '../work-orders/order-words.ts'
import styles from './inbox.module.css'
import { useRepairs } from './use-inbox.ts'

/** What was done before about an alert's fault, its appliance, and its model elsewhere. */
export function Repairs({ alert }: { alert: string }) {
  const { say } = useWords()
  const answer = useRepairs(alert)
  if (answer.data === undefined)
    return answer.isError ? (
      <Failure error={answer.error} retry={() => void answer.refetch()} />
    ) : (
      <p className="quiet">{say('loading')}</p>
    )
  const { sameFault, sameAppliance, sameModel } = answer.data
  const groups = [
    { word: 'inbox.repairsSame', repairs: sameFault },
    { word: 'inbox.repairsAppliance', repairs: sameAppliance },
    { word: 'inbox.repairsModel', repairs: sameModel },
  ] as const
  const told = groups.filter(({ repairs }) => repairs.length > 0)
  if (told.length === 0) return <p className="quiet">{say('inbox.noRepairs')}</p>
  return told.map(({ word, repairs }) => (
    <div key={word} data-repairs={word}>
      <h3>{say(word)}</h3>
      <ul className={styles['repairs']}>
        {repairs.map(repair => (
          <Done key={repair.order} repair={repair} />
        ))}
      </ul>
    </div>
  ))
}

function Done({ repair }: { repair: Repair }) {
  const { say, language, locale } = useWords()
  const { order, note, parts, costFen, repeats, byName, doneAt, createdAt, state } = repair
  return (
    <li data-repair={order}>
      <Link to={`/work-orders/${order}`} className={styles['link']}>
        {language === 'zh' ? repair.titleZh : repair.titleEn}
      </Link>
      <span>{note ?? (doneAt === undefined ? say(`order.state.${state}`) : say('inbox.repairNoNote'))}</span>
      {parts.length > 0 && (
        <span>
          {say('inbox.repairParts', { parts: parts.map(({ name, quantity }) => `${name} × ${quantity}`).join('，') })}
          {costFen !== 0 && ` · ${costText(costFen, locale)}`}
        </span>
      )}
      {repeats > 0 && <strong>{say('inbox.repairRepeats', { count: repeats })}</strong>}
      <span className="quiet">
        <Age at={doneAt ?? createdAt} />
        {byName !== undefined && ` · ${byName}`}
      </span>
    </li>
  )
}
