import {
  STOCK_KINDS,
  type StockBatchRequest,
  type StockItem,
  type StockItemRequest,
  type StockKind,
} from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './stock.module.css'
import { useStockAct } from './use-stock.ts'

/** A whole number of at least one, or nothing. */
function countOf(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text.trim()) ? Number(text) : undefined
}

/** Something new that a station keeps; closed until somebody wants it. */
export function ItemForm({ station }: { station: string }) {
  const { say } = useWords()
  const [kind, setKind] = useState<StockKind>('medicine_box')
  const [name, setName] = useState('')
  const [unit, setUnit] = useState('')
  const [low, setLow] = useState('')
  const [sent, setSent] = useState(0)
  const add = useStockAct((api, request: StockItemRequest) => api.addItem(station, request), say('stock.saved'))
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    const least = countOf(low)
    if (name.trim() === '' || unit.trim() === '' || add.isPending) return
    add.mutate(
      { kind, name: name.trim(), unit: unit.trim(), ...(least !== undefined && { low: least }) },
      { onSuccess: () => setSent(sent + 1) },
    )
  }
  return (
    <details key={sent} className={styles['disclosure']} data-form="item">
      <summary>{say('stock.newItem')}</summary>
      <form className={styles['form']} onSubmit={send} noValidate>
        <NativeSelect
          name="kind"
          label={say('stock.what')}
          data={STOCK_KINDS.map(value => ({ value, label: say(`stock.kind.${value}`) }))}
          value={kind}
          onChange={event => setKind(STOCK_KINDS.find(one => one === event.currentTarget.value) ?? kind)}
        />
        <TextInput
          name="name"
          label={say('stock.name')}
          required
          maxLength={80}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <TextInput
          name="unit"
          label={say('stock.unit')}
          required
          maxLength={20}
          value={unit}
          onChange={event => setUnit(event.currentTarget.value)}
        />
        <TextInput
          name="low"
          label={say('stock.lowAt')}
          inputMode="numeric"
          maxLength={6}
          value={low}
          onChange={event => setLow(event.currentTarget.value)}
        />
        <Button type="submit" aria-disabled={add.isPending}>
          {say('stock.save')}
        </Button>
        {add.isError && (
          <p role="alert" className={styles['problem']}>
            {say('stock.failed', { reason: failureText(add.error, say) })}
          </p>
        )}
      </form>
    </details>
  )
}

/** More of an item came. */
export function BatchForm({ item }: { item: StockItem }) {
  const { say } = useWords()
  const [batch, setBatch] = useState('')
  const [quantity, setQuantity] = useState('')
  const [expiresOn, setExpiresOn] = useState('')
  const [sent, setSent] = useState(0)
  const add = useStockAct((api, request: StockBatchRequest) => api.addBatch(item.id, request), say('stock.saved'))
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    const count = countOf(quantity)
    if (count === undefined || add.isPending) return
    add.mutate(
      { batch: batch.trim(), quantity: count, ...(expiresOn !== '' && { expiresOn }) },
      { onSuccess: () => setSent(sent + 1) },
    )
  }
  return (
    <details key={sent} className={styles['disclosure']} data-form="batch">
      <summary aria-label={say('stock.addNamed', { item: item.name })}>{say('stock.add')}</summary>
      <form className={styles['form']} onSubmit={send} noValidate>
        <TextInput
          name="quantity"
          label={`${say('stock.quantity')} (${item.unit})`}
          required
          inputMode="numeric"
          maxLength={6}
          value={quantity}
          onChange={event => setQuantity(event.currentTarget.value)}
        />
        <TextInput
          name="batch"
          label={say('stock.batch')}
          maxLength={60}
          value={batch}
          onChange={event => setBatch(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          name="expires"
          label={say('stock.expires')}
          value={expiresOn}
          onChange={event => setExpiresOn(event.currentTarget.value)}
        />
        <Button type="submit" aria-disabled={add.isPending}>
          {say('stock.save')}
        </Button>
        {add.isError && (
          <p role="alert" className={styles['problem']}>
            {say('stock.failed', { reason: failureText(add.error, say) })}
          </p>
        )}
      </form>
    </details>
  )
}
