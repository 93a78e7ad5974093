import { type IssuedBatch, MAX_BATCH } from '@harbor/protocol'
import { Button, NativeSelect, SegmentedControl, TextInput, Textarea } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { useSearchParams } from 'react-router'
import type { WishedBatch } from '../../api/fleet-batches-api.ts'
import { RegionSelect } from '../../region/region-select.tsx'
import { useRegions } from '../../region/use-regions.ts'
import { localName, useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { useProfiles } from '../profiles/profile-list-page.tsx'
import { useFleetAct } from '../use-fleet.ts'
import { readStations } from './stations-text.ts'

const DAY_MS = 24 * 3_600_000
const LIVES_DAYS = [1, 7, 30, 90] as const

/** Which stations get a box, how long the tokens hold, with what the boxes begin. An address may bring a station: a box is replaced. */
export function NewBatchForm({ onIssued }: { onIssued: (batch: IssuedBatch) => void }) {
  const { say, language } = useWords()
  const [query] = useSearchParams()
  const asked = query.get('station') ?? ''
  const replaced = query.get('gateway')
  const regions = useRegions().data
  const profiles = useProfiles().data?.profiles
  const [way, setWay] = useState<'region' | 'list'>(asked === '' ? 'region' : 'list')
  const [fields, setFields] = useState({ name: asked, count: '10', stations: asked, profile: '', days: '7' })
  const [region, setRegion] = useState<string>()
  const [isChecked, setIsChecked] = useState(false)
  const make = useFleetAct((api, body: WishedBatch) => api.batches.make(body))
  const set = (change: Partial<typeof fields>) => setFields({ ...fields, ...change })
  const { stations, wrong } = readStations(fields.stations)
  const count = Number(fields.count)
  const isCount = Number.isInteger(count) && count >= 1 && count <= MAX_BATCH
  const isName = fields.name.trim() !== ''
  const isWay = way === 'region' ? isCount : stations.length > 0 && wrong.length === 0
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (!isName || !isWay || make.isPending) return
    make.mutate(
      {
        name: fields.name,
        ...(way === 'region'
          ? { pick: { count, ...(region !== undefined && { region }) } }
          : {
              boxes: stations.map(station => ({
                station,
                ...(replaced !== null && station === asked && { gateway: replaced }),
              })),
            }),
        ...(fields.profile !== '' && { firstProfile: { profile: fields.profile } }),
        expiresInMs: Number(fields.days) * DAY_MS,
        serverUrl: window.location.origin,
      },
      { onSuccess: onIssued },
    )
  }
  return (
    <details className={styles['disclosure']} open={asked !== ''}>
      <summary data-testid="new-batch">{say('batch.make')}</summary>
      <form noValidate data-form="batch" onSubmit={submit}>
        <TextInput
          name="name"
          label={say('batch.name')}
          placeholder={say('batch.nameHint')}
          required
          maxLength={120}
          value={fields.name}
          error={isChecked && !isName && say('register.required')}
          onChange={event => set({ name: event.currentTarget.value })}
        />
        <SegmentedControl
          aria-label={say('batch.way.label')}
          data={[
            { value: 'region', label: say('batch.way.region') },
            { value: 'list', label: say('batch.way.list') },
          ]}
          value={way}
          onChange={value => setWay(value === 'list' ? 'list' : 'region')}
        />
        <div className={styles['fields']}>
          {way === 'region' ? (
            <>
              <RegionSelect regions={regions} region={region} onChoose={setRegion} />
              <TextInput
                name="count"
                type="number"
                label={say('batch.count')}
                description={say('batch.countHint', { most: MAX_BATCH })}
                min={1}
                max={MAX_BATCH}
                value={fields.count}
                error={isChecked && !isCount && say('batch.countHint', { most: MAX_BATCH })}
                onChange={event => set({ count: event.currentTarget.value })}
              />
            </>
          ) : (
            <Textarea
              className={styles['wide'] ?? ''}
              name="stations"
              label={say('batch.stations')}
              description={say('batch.stationsHint', { count: stations.length, most: MAX_BATCH })}
              rows={6}
              value={fields.stations}
              error={
                isChecked &&
                !isWay &&
                (wrong.length > 0
                  ? say('batch.wrong', { text: wrong.slice(0, 5).join(', ') })
                  : say('register.required'))
              }
              onChange={event => set({ stations: event.currentTarget.value })}
            />
          )}
          <NativeSelect
            name="profile"
            label={say('batch.profile')}
            data={[
              { value: '', label: say('batch.noProfile') },
              ...(profiles ?? []).map(profile => ({ value: profile.profile, label: localName(language, profile) })),
            ]}
            value={fields.profile}
            onChange={event => set({ profile: event.currentTarget.value })}
          />
          <NativeSelect
            name="days"
            label={say('batch.life')}
            data={LIVES_DAYS.map(days => ({ value: String(days), label: say('batch.days', { count: days }) }))}
            value={fields.days}
            onChange={event => set({ days: event.currentTarget.value })}
          />
        </div>
        {make.isError && (
          <p role="alert" className={styles['problem']}>
            {say('order.failed', { reason: fleetFailureText(make.error, say) })}
          </p>
        )}
        <div className={styles['actions']}>
          <Button type="submit" data-testid="make-batch" aria-disabled={make.isPending}>
            {say('batch.submit')}
          </Button>
        </div>
      </form>
    </details>
  )
}
