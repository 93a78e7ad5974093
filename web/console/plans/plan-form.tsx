import { APPLIANCE_KINDS, USAGE_METERS } from '@harbor/protocol'
import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { useRules } from '../alerts/use-rules.ts'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { useStations } from '../stations/use-stations.ts'
import styles from '../work-orders/orders.module.css'
import { localName, useWords } from '../words/words.tsx'
import { type PlanDraft, RHYTHMS, requestOf, scheduleOf, targetOf } from './plan-draft.ts'
import { useMakePlan, usePlanPreview } from './use-plans.ts'

const WAYS = ['calendar', 'usage', 'condition'] as const

/** A new plan, with what it would be for and its next days before it is made. */
export function PlanForm() {
  const { say } = useWords()
  const { clock } = useConsole()
  const { timeZone } = useTimeStyle()
  const today = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(clock.now())
  const empty: PlanDraft = {
    title: '',
    note: '',
    kind: 'fridge',
    appliance: '',
    model: '',
    district: '',
    station: '',
    by: 'calendar',
    rhythm: 'monthly',
    from: today,
    leadDays: '3',
    meter: 'starts',
    every: '500',
    rule: '',
  }
  const [draft, setDraft] = useState(empty)
  const [isMissing, setIsMissing] = useState(false)
  const make = useMakePlan()
  const set = (change: Partial<PlanDraft>) => setDraft(old => ({ ...old, ...change }))
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    const request = requestOf(draft)
    setIsMissing(request === undefined)
    if (request !== undefined && !make.isPending) make.mutate(request, { onSuccess: () => setDraft(empty) })
  }
  return (
    <details className={styles['disclosure']} data-form="plan">
      <summary>{say('plans.make')}</summary>
      <form className={styles['form']} onSubmit={submit} noValidate>
        <TextInput
          name="title"
          label={say('plans.name')}
          required
          maxLength={120}
          value={draft.title}
          onChange={event => set({ title: event.currentTarget.value })}
        />
        <TextInput
          name="note"
          label={say('plans.note')}
          maxLength={500}
          value={draft.note}
          onChange={event => set({ note: event.currentTarget.value })}
        />
        <Target draft={draft} set={set} />
        <SegmentedControl
          aria-label={say('plans.by')}
          data={WAYS.map(value => ({ value, label: say(`plans.way.${value}`) }))}
          value={draft.by}
          onChange={value => set({ by: WAYS.find(way => way === value) ?? 'calendar' })}
        />
        <When draft={draft} set={set} />
        <Preview draft={draft} />
        {isMissing && (
          <p role="alert" className={styles['problem']}>
            {say('plans.missing')}
          </p>
        )}
        {make.isError && (
          <p role="alert" className={styles['problem']}>
            {say('order.failed', { reason: failureText(make.error, say) })}
          </p>
        )}
        <Button type="submit" aria-disabled={make.isPending}>
          {say('plans.create')}
        </Button>
      </form>
    </details>
  )
}

interface FieldsProps {
  draft: PlanDraft
  set: (change: Partial<PlanDraft>) => void
}

function Target({ draft, set }: FieldsProps) {
  const { say } = useWords()
  return (
    <>
      <NativeSelect
        name="kind"
        label={say('assets.kind')}
        data={APPLIANCE_KINDS.map(value => ({ value, label: say(`appliance.${value}`) }))}
        value={draft.kind}
        disabled={draft.appliance !== ''}
        onChange={event => {
          const { value } = event.currentTarget
          set({ kind: APPLIANCE_KINDS.find(kind => kind === value) ?? 'fridge' })
        }}
      />
      <TextInput
        name="model"
        label={say('plans.onlyModel')}
        maxLength={80}
        value={draft.model}
        disabled={draft.appliance !== ''}
        onChange={event => set({ model: event.currentTarget.value })}
      />
      <Places draft={draft} set={set} />
      <TextInput
        name="appliance"
        label={say('plans.onlyAppliance')}
        maxLength={40}
        value={draft.appliance}
        onChange={event => set({ appliance: event.currentTarget.value })}
      />
    </>
  )
}

/** A district, or one station of it. */
function Places({ draft, set }: FieldsProps) {
  const { say, language } = useWords()
  const stations = useStations().data?.stations ?? []
  const districts = new Map(
    stations.map(one => [
      one.district,
      localName(language, { nameZh: one.districtNameZh, nameEn: one.districtNameEn }),
    ]),
  )
  const isOne = draft.appliance !== ''
  return (
    <>
      <NativeSelect
        name="district"
        label={say('plans.onlyDistrict')}
        data={[
          { value: '', label: say('plans.everyDistrict') },
          ...[...districts].map(([value, label]) => ({ value, label })),
        ]}
        value={draft.district}
        disabled={isOne}
        onChange={event => set({ district: event.currentTarget.value, station: '' })}
      />
      <NativeSelect
        name="station"
        label={say('plans.onlyStation')}
        data={[
          { value: '', label: say('plans.everyStation') },
          ...stations
            .filter(one => draft.district === '' || one.district === draft.district)
            .map(one => ({ value: one.id, label: localName(language, one) })),
        ]}
        value={draft.station}
        disabled={isOne}
        onChange={event => set({ station: event.currentTarget.value })}
      />
    </>
  )
}

function When({ draft, set }: FieldsProps) {
  const { say, language } = useWords()
  const rules = useRules()
  if (draft.by === 'usage')
    return (
      <>
        <NativeSelect
          name="meter"
          label={say('plans.meter')}
          data={USAGE_METERS.map(value => ({ value, label: say(`plans.meters.${value}`) }))}
          value={draft.meter}
          onChange={event => {
            const { value } = event.currentTarget
            set({ meter: USAGE_METERS.find(meter => meter === value) ?? 'starts' })
          }}
        />
        <TextInput
          name="every"
          inputMode="decimal"
          label={say('plans.every')}
          value={draft.every}
          onChange={event => set({ every: event.currentTarget.value })}
        />
        <p className="quiet">{say('plans.usageHint')}</p>
      </>
    )
  if (draft.by === 'condition')
    return (
      <NativeSelect
        name="rule"
        label={say('plans.rule')}
        data={[
          { value: '', label: say('plans.chooseRule') },
          ...[...rules.values()]
            .filter(({ scope }) => scope === 'appliance')
            .map(rule => ({ value: rule.id, label: localName(language, rule) })),
        ]}
        value={draft.rule}
        onChange={event => set({ rule: event.currentTarget.value })}
      />
    )
  return (
    <>
      <NativeSelect
        name="rhythm"
        label={say('plans.rhythm')}
        data={RHYTHMS.map(value => ({ value, label: say(`plans.rhythms.${value}`) }))}
        value={draft.rhythm}
        onChange={event => {
          const { value } = event.currentTarget
          set({ rhythm: RHYTHMS.find(rhythm => rhythm === value) ?? 'monthly' })
        }}
      />
      <TextInput
        type="date"
        name="from"
        label={say('plans.from')}
        value={draft.from}
        onChange={event => set({ from: event.currentTarget.value })}
      />
      <TextInput
        name="lead"
        inputMode="numeric"
        label={say('plans.leadDays')}
        maxLength={2}
        value={draft.leadDays}
        onChange={event => set({ leadDays: event.currentTarget.value })}
      />
    </>
  )
}

function Preview({ draft }: { draft: PlanDraft }) {
  const { say } = useWords()
  const schedule = scheduleOf(draft)
  const preview = usePlanPreview(schedule === undefined ? undefined : { ...targetOf(draft), schedule })
  if (schedule === undefined) return null
  if (preview.isError)
    return (
      <p role="alert" className={styles['problem']} data-testid="preview-problem">
        {preview.error.message}
      </p>
    )
  if (preview.data === undefined) return null
  return (
    <div data-testid="preview">
      <p>{say('plans.targets', { count: preview.data.targets })}</p>
      {preview.data.dates.length > 0 && (
        <p>
          {say('plans.nextDays')} <span data-testid="dates">{preview.data.dates.join(' · ')}</span>
        </p>
      )}
    </div>
  )
}
