import type { TroubledStation } from '@harbor/protocol'
import { type ReactNode, useId, useState } from 'react'
import { Link } from 'react-router'
import { SeverityBadge } from '../alerts/severity-badge.tsx'
import { Age } from '../time/age.tsx'
import { localName, useWords } from '../words/words.tsx'
import { HandOver } from './hand-over.tsx'
import { type InboxState, type Place, metresBetween } from './inbox-filters.ts'
import styles from './inbox.module.css'
import { StationAlerts } from './station-alerts.tsx'

interface StationRowProps {
  row: TroubledStation
  state: InboxState
  here: Place | undefined
  isChosen: boolean
  /** On a map: the pin of an opened row is shown. */
  onChoose: (() => void) | undefined
}

/** A station in trouble: how grave, how much, since when, and who is on it; its alerts when it is opened. */
export function StationRow({ row, state, here, isChosen, onChoose }: StationRowProps) {
  const { say, language } = useWords()
  const [isOpen, setIsOpen] = useState(false)
  const alertsId = useId()
  const name = localName(language, row)
  return (
    <li
      className={`card ${styles['row']}`}
      data-station={row.station}
      data-severity={row.severity}
      data-alerts={row.alerts}
      data-chosen={isChosen || undefined}
    >
      <div className={styles['line']}>
        <SeverityBadge severity={row.severity} />
        <h2>
          <button
            type="button"
            className={styles['toggle']}
            aria-expanded={isOpen}
            aria-controls={isOpen ? alertsId : undefined}
            onClick={() => {
              setIsOpen(!isOpen)
              onChoose?.()
            }}
          >
            <span>{name}</span>
            <span className="for-screen-readers">{say('inbox.show', { station: name })}</span>
          </button>
        </h2>
      </div>
      <p className={styles['line']}>
        <strong>{say('inbox.alerts', { count: row.alerts })}</strong>
        {row.waiting > 0 && <span>{say('inbox.waitingOf', { count: row.waiting })}</span>}
        <span>
          <span className="quiet">{say('inbox.oldest')} </span>
          <Age at={row.oldestAt} />
        </span>
      </p>
      <p className={`quiet ${styles['line']}`}>
        <span>{language === 'zh' ? row.districtNameZh : row.districtNameEn}</span>
        {here !== undefined && <Away metres={metresBetween(here, row)} />}
      </p>
      <Orders row={row} />
      {isOpen && (
        <div id={alertsId} className={styles['opened']}>
          <StationAlerts station={row.station} state={state} />
          {row.orders
            .filter(order => order.state !== 'done')
            .map(({ id, titleZh, titleEn }) => (
              <HandOver key={id} order={id} title={language === 'zh' ? titleZh : titleEn} />
            ))}
          <Link to={`/stations/${row.station}`} className={styles['link']}>
            {say('inbox.toStation')}
          </Link>
        </div>
      )}
    </li>
  )
}

function Orders({ row: { orders, openOrders } }: { row: TroubledStation }) {
  const { say, language } = useWords()
  if (openOrders === 0) return <p className="quiet">{say('inbox.noOrders')}</p>
  const lines: ReactNode[] = orders.map(({ id, titleZh, titleEn, state, assigneeName }) => (
    <li key={id}>
      <Link to={`/work-orders/${id}`} className={styles['link']} data-order={id}>
        {say('inbox.order', {
          title: language === 'zh' ? titleZh : titleEn,
          state: say(`order.state.${state}`),
          who: assigneeName ?? say('order.nobody'),
        })}
      </Link>
    </li>
  ))
  return (
    <ul className={styles['orders']}>
      {lines}
      {openOrders > orders.length && (
        <li className="quiet">{say('inbox.moreOrders', { count: openOrders - orders.length })}</li>
      )}
    </ul>
  )
}

function Away({ metres }: { metres: number }) {
  const { say, locale } = useWords()
  const [value, unit] = metres < 1_000 ? [Math.round(metres / 50) * 50, 'meter'] : [metres / 1_000, 'kilometer']
  const distance = new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value)
  return <span data-testid="away">{say('inbox.away', { distance })}</span>
}
