import type { AssetDetail, AssetEdit } from '@harbor/protocol'
import { Button, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { RequestError } from '../api/request-error.ts'
import { failureText } from '../shell/failure.tsx'
import styles from '../work-orders/orders.module.css'
import { useWords } from '../words/words.tsx'
import { fenOf, yuanOf } from './money.ts'
import { useEditAsset } from './use-assets.ts'

const TEXTS = ['assetTag', 'station', 'model', 'maker', 'serial', 'supplier'] as const
const DAYS = ['installedOn', 'warrantyUntil', 'retiredOn'] as const
type Field = (typeof TEXTS)[number] | (typeof DAYS)[number]

/** What a person may change of an appliance; another station is a move. */
export function AssetForm({ asset }: { asset: AssetDetail }) {
  const { say } = useWords()
  const edit = useEditAsset(asset.id)
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() => valuesOf(asset))
  const [isBadPrice, setIsBadPrice] = useState(false)
  const set = (field: string, value: string) => setValues(old => ({ ...old, [field]: value }))
  const save = (event: SyntheticEvent) => {
    event.preventDefault()
    const price = (values['price'] ?? '').trim()
    const priceFen = price === '' ? undefined : fenOf(price)
    setIsBadPrice(price !== '' && priceFen === undefined)
    if (edit.isPending || (price !== '' && priceFen === undefined)) return
    const said = Object.fromEntries(
      [...TEXTS, ...DAYS].flatMap((field: Field) => {
        const text = (values[field] ?? '').trim()
        return text === '' ? [] : [[field, text]]
      }),
    )
    edit.mutate({ ...said, ...(priceFen !== undefined && { priceFen }), revision: asset.revision } as AssetEdit)
  }
  const isLate = edit.error instanceof RequestError && edit.error.code === 'API_CONFLICT'
  return (
    <details className={styles['disclosure']} data-form="edit">
      <summary>{say('assets.edit')}</summary>
      <form className={styles['form']} onSubmit={save} noValidate>
        {TEXTS.map(field => (
          <TextInput
            key={field}
            name={field}
            label={say(`assets.field.${field}`)}
            required={field === 'assetTag' || field === 'station'}
            maxLength={field === 'supplier' ? 120 : 80}
            value={values[field] ?? ''}
            onChange={event => set(field, event.currentTarget.value)}
          />
        ))}
        {DAYS.map(field => (
          <TextInput
            key={field}
            type="date"
            name={field}
            label={say(`assets.field.${field}`)}
            value={values[field] ?? ''}
            onChange={event => set(field, event.currentTarget.value)}
          />
        ))}
        <TextInput
          name="price"
          inputMode="decimal"
          label={say('assets.field.priceFen')}
          value={values['price'] ?? ''}
          error={isBadPrice && say('assets.reason.bad_price')}
          onChange={event => set('price', event.currentTarget.value)}
        />
        <Button type="submit" aria-disabled={edit.isPending}>
          {say('assets.save')}
        </Button>
        <div role="status">{edit.isSuccess && <p data-testid="saved">{say('assets.saved')}</p>}</div>
        {edit.isError && (
          <p role="alert" className={styles['problem']} data-testid="not-saved">
            {say('order.failed', { reason: isLate ? edit.error.message : failureText(edit.error, say) })}
          </p>
        )}
      </form>
    </details>
  )
}

function valuesOf(asset: AssetDetail): Record<string, string> {
  const texts = Object.fromEntries([...TEXTS, ...DAYS].map(field => [field, asset[field] ?? '']))
  return { ...texts, price: asset.priceFen === undefined ? '' : yuanOf(asset.priceFen) }
}
