import type { StockActRequest, StockBatch, StockItem } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { useTimeStyle } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { exactText } from '../time/format.ts'
import { useWords } from '../words/words.tsx'
import { BatchForm } from './item-form.tsx'
import styles from './stock.module.css'
import { useStockAct, useStockHistory } from './use-stock.ts'

/** One item with its batches, the soonest to expire first. */
export function ItemRow({ item }: { item: StockItem }) {
  const { say } = useWords()
  const hasExpired = item.batches.some(({ expiry }) => expiry === 'expired')
  return (
    <li className={`card ${styles['row']}`} data-item={item.id} data-low={item.isLow} data-expired={hasExpired}>
      <div className={styles['head']}>
        <h3>{item.name}</h3>
        <span className="quiet">{say(`stock.kind.${item.kind}`)}</span>
      </div>
      <p>
        {say('stock.usable', { count: item.usable, unit: item.unit })}{' '}
        {item.isLow && item.low !== undefined && (
          <span className={styles['state']} data-expiry="low">
            {say('stock.low', { count: item.low })}
          </span>
        )}{' '}
        <span className="quiet">{say('stock.used', { count: item.used30 })}</span>
      </p>
      {item.batches.length === 0 && <p className="quiet">{say('stock.noBatch')}</p>}
      <ul className={styles['batches']}>
        {item.batches.map(batch => (
          <BatchLine key={batch.id} item={item} batch={batch} />
        ))}
      </ul>
      <BatchForm item={item} />
      <History item={item} />
    </li>
  )
}

const ACTS = ['used', 'discarded', 'counted'] as const

function BatchLine({ item, batch }: { item: StockItem; batch: StockBatch }) {
  const { say } = useWords()
  const [act, setAct] = useState<StockActRequest['act']>(batch.expiry === 'expired' ? 'discarded' : 'used')
  const [quantity, setQuantity] = useState('')
  const [sent, setSent] = useState(0)
  const change = useStockAct((api, request: StockActRequest) => api.stockAct(batch.id, request), say('stock.saved'))
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!/^\d{1,7}$/.test(quantity) || change.isPending) return
    change.mutate({ act, quantity: Number(quantity) }, { onSuccess: () => setSent(sent + 1) })
  }
  return (
    <li data-batch={batch.id}>
      <p className={styles['batch']}>
        <strong>
          {batch.quantity} {item.unit}
        </strong>
        {batch.batch !== '' && <span className="quiet">{batch.batch}</span>}
        <span>{batch.expiresOn === undefined ? say('stock.lasts') : say('stock.until', { day: batch.expiresOn })}</span>
        {batch.expiry !== 'none' && (
          <span className={styles['state']} data-expiry={batch.expiry}>
            {say(`stock.expiry.${batch.expiry}`)}
          </span>
        )}
      </p>
      <details key={sent} className={styles['disclosure']}>
        <summary aria-label={say('stock.do', { item: item.name, batch: batch.batch })}>{say('stock.change')}</summary>
        <form className={styles['form']} onSubmit={send} noValidate>
          <NativeSelect
            label={say('stock.what')}
            data={ACTS.map(value => ({ value, label: say(`stock.act.${value}`) }))}
            value={act}
            onChange={event => setAct(ACTS.find(one => one === event.currentTarget.value) ?? 'used')}
          />
          <TextInput
            label={say('stock.quantity')}
            inputMode="numeric"
            maxLength={7}
            value={quantity}
            onChange={event => setQuantity(event.currentTarget.value)}
          />
          <Button type="submit" aria-disabled={change.isPending}>
            {say('stock.save')}
          </Button>
          {change.isError && (
            <p role="alert" className={styles['problem']}>
              {say('stock.failed', { reason: failureText(change.error, say) })}
            </p>
          )}
        </form>
      </details>
    </li>
  )
}

function History({ item }: { item: StockItem }) {
  const { say } = useWords()
  const style = useTimeStyle()
  const [isOpen, setIsOpen] = useState(false)
  const history = useStockHistory(item.id, isOpen)
  return (
    <details className={styles['disclosure']} onToggle={event => setIsOpen(event.currentTarget.open)}>
      <summary>{say('stock.history')}</summary>
      <ul className={styles['list']}>
        {(history.data?.changes ?? []).map(({ act, before, after, by, at, note, photos }, index, all) => (
          <li key={all.length - index}>
            {say('stock.line', {
              act: say(`stock.act.${act}`),
              before,
              after,
              name: by,
              time: exactText(Date.parse(at), style),
            })}
            {note !== undefined && ` · ${note}`}
            {photos.map((address, place) => (
              <a key={address} className={styles['picture']} href={address} target="_blank" rel="noreferrer">
                <img src={address} alt={say('stock.photo', { item: item.name, number: place + 1 })} loading="lazy" />
              </a>
            ))}
          </li>
        ))}
      </ul>
    </details>
  )
}
