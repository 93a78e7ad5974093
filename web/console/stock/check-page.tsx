import type { StockItem } from '@harbor/protocol'
import { Button, Skeleton, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { Link, useParams } from 'react-router'
import { newKey } from '../checklists/draft.ts'
import { PhotoField } from '../checklists/photo-field.tsx'
import { useConsole } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { localName, useWords } from '../words/words.tsx'
import type { CheckDraft } from './check-store.ts'
import styles from './stock.module.css'
import { checks, useCheckDraft, useStock, useWaitingChecks } from './use-stock.ts'

/** What counts as a number of things. */
const NUMBER = /^\d{1,7}$/

/** The month's count at one station; finished, it is on the phone until the server has it. */
export function StockCheckPage() {
  const { station = '' } = useParams()
  const { say, language } = useWords()
  const list = useStock(new URLSearchParams({ station }))
  const items = list.data?.items
  const login = useSession().data?.login
  const draft = useCheckDraft(station)
  const [first] = items ?? []
  const name =
    first === undefined ? station : localName(language, { nameZh: first.stationNameZh, nameEn: first.stationNameEn })
  return (
    <Page title={say('stock.check', { station: name })}>
      <p>
        <Link className={styles['link']} to={`/stock?station=${encodeURIComponent(station)}`}>
          {say('stock.back')}
        </Link>
      </p>
      {items === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {items === undefined && !list.isError && <Skeleton height={200} radius="md" aria-busy="true" />}
      {items !== undefined && draft.data !== undefined && login !== undefined && (
        <Counting
          station={station}
          items={items}
          begun={draft.data ?? { login, station, given: {}, photos: [], note: '' }}
          wasBegun={draft.data !== null}
        />
      )}
    </Page>
  )
}

interface CountingProps {
  station: string
  items: readonly StockItem[]
  /** What was begun before. */
  begun: CheckDraft
  wasBegun: boolean
}

function Counting({ station, items, begun, wasBegun }: CountingProps) {
  const { say } = useWords()
  const { clock } = useConsole()
  const { login } = begun
  const { waiting, refresh } = useWaitingChecks()
  const [draft, setDraft] = useState(begun)
  const { given, photos, note } = draft
  const [isChecked, setIsChecked] = useState(false)
  const [step, setStep] = useState<'counting' | 'kept' | 'unsafe'>('counting')
  /** What is counted stays as it was when the page was opened: a look at the server in between moves no field. */
  const [lines] = useState(() => items.flatMap(item => item.batches.map(batch => ({ item, batch }))))
  const isMissing = (batch: string) => isChecked && !NUMBER.test(given[batch] ?? '')
  const change = (changes: Partial<CheckDraft>) => {
    const next = { ...draft, ...changes }
    setDraft(next)
    checks.putDraft(next).then(
      () => setStep('counting'),
      () => setStep('unsafe'), // Storage is full or forbidden: said on the page.
    )
  }
  const finish = async (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (lines.some(({ batch }) => !NUMBER.test(given[batch.id] ?? ''))) return
    const key = newKey()
    const said = note.trim()
    const request = {
      key,
      filledAt: new Date(clock.now()).toISOString(),
      counts: lines.map(({ batch }) => ({ batch: batch.id, quantity: Number(given[batch.id]) })),
      ...(said !== '' && { note: said }),
    }
    const counted = new Set(lines.map(({ batch }) => batch.id))
    try {
      await checks.put({ key, login, station, request, photos: photos.filter(({ batch }) => counted.has(batch)) })
      await checks.removeDraft(login, station)
      setStep('kept')
    } catch {
      setStep('unsafe') // Storage is full or forbidden: said on the page.
    }
    await refresh()
  }
  const own = waiting.find(check => check.station === station)
  if (step === 'kept')
    return (
      <p className="card" role="status" data-testid="check-state" data-sent={own === undefined}>
        {own === undefined
          ? say('stock.sent')
          : own.reason === undefined
            ? say('stock.waiting')
            : say('stock.refused', { reason: own.reason })}
      </p>
    )
  return (
    <form className={styles['form']} onSubmit={event => void finish(event)} noValidate>
      <p className="quiet">{say('stock.checkHint')}</p>
      {wasBegun && <p data-testid="goes-on">{say('checklist.goesOn')}</p>}
      {lines.map(({ item, batch }) => {
        const label = say('stock.count', { item: item.name, batch: batch.batch, unit: item.unit })
        return (
          <div key={batch.id} className={styles['count']}>
            <TextInput
              name={`count-${batch.id}`}
              label={label}
              description={[
                ...(batch.expiresOn === undefined ? [] : [say('stock.until', { day: batch.expiresOn })]),
                ...(batch.expiry === 'expired' ? [say('stock.expiry.expired')] : []),
              ].join(' · ')}
              required
              inputMode="numeric"
              maxLength={7}
              value={given[batch.id] ?? ''}
              error={isMissing(batch.id) && say('stock.missing')}
              onChange={event => change({ given: { ...given, [batch.id]: event.currentTarget.value } })}
            />
            <PhotoField
              label={label}
              photos={photos.filter(photo => photo.batch === batch.id).map(({ blob }) => blob)}
              onChange={taken =>
                change({
                  photos: [
                    ...photos.filter(photo => photo.batch !== batch.id),
                    ...taken.map(blob => ({ batch: batch.id, blob })),
                  ],
                })
              }
            />
          </div>
        )
      })}
      <TextInput
        name="note"
        label={say('stock.note')}
        maxLength={500}
        value={note}
        onChange={event => change({ note: event.currentTarget.value })}
      />
      <Button type="submit">{say('stock.send')}</Button>
      {step === 'unsafe' && (
        <p role="alert" className={styles['problem']}>
          {say('stock.unsafe')}
        </p>
      )}
    </form>
  )
}
