import { Button, NativeSelect, TextInput, Textarea } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { RegionSelect } from '../../region/region-select.tsx'
import { useRegions } from '../../region/use-regions.ts'
import { BackIcon } from '../../shell/icons.tsx'
import { Page } from '../../shell/page.tsx'
import { Part } from '../../shell/part.tsx'
import { TickBox } from '../../shell/tick-box.tsx'
import { localName, useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { useSoftware } from '../flash/software-part.tsx'
import { useProfiles } from '../profiles/profile-list-page.tsx'
import { useFleetAct } from '../use-fleet.ts'
import { RolloutPreviewView } from './rollout-preview.tsx'
import { type RolloutDraft, newDraft, readDraft } from './rollout-draft.ts'
import { StageFields } from './stage-fields.tsx'

const LIMITS = ['steadyMinutes', 'settleMinutes', 'offlineHours', 'maxFailures'] as const

/** What, to which gateways, in which stages, with which limits; looked at before it is made. Making it changes no gateway yet. */
export function NewRolloutPage() {
  const { say } = useWords()
  const navigate = useNavigate()
  const [query] = useSearchParams()
  const [draft, setDraft] = useState(() => newDraft(query))
  const [isChecked, setIsChecked] = useState(false)
  const preview = useFleetAct((api, body: Parameters<typeof api.rollouts.preview>[0]) => api.rollouts.preview(body))
  const make = useFleetAct((api, body: Parameters<typeof api.rollouts.make>[0]) => api.rollouts.make(body))
  const set = (change: Partial<RolloutDraft>) => {
    setDraft({ ...draft, ...change })
    preview.reset()
  }
  const { rollout, problems } = readDraft(draft)
  const look = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (rollout !== undefined && !preview.isPending) preview.mutate(rollout)
  }
  return (
    <Page title={say('rollout.make')}>
      <Link to="/fleet/rollouts" className={styles['link']}>
        <BackIcon /> {say('rollout.title')}
      </Link>
      <form className={styles['stack']} noValidate data-form="rollout" onSubmit={look}>
        <WhatPart draft={draft} set={set} />
        <WhichPart draft={draft} set={set} />
        <Part name="stages" title={say('rollout.stages')}>
          <StageFields stages={draft.stages} onChange={stages => set({ stages })} />
        </Part>
        <Part name="limits" title={say('rollout.limits')}>
          <div className={styles['fields']}>
            {LIMITS.map(field => (
              <TextInput
                key={field}
                name={field}
                type="number"
                min={0}
                label={say(`rollout.limit.${field}`)}
                description={say(`rollout.limitHint.${field}`)}
                value={draft[field]}
                onChange={event => set({ [field]: event.currentTarget.value })}
              />
            ))}
            <TickBox
              name="mayLose"
              label={say('rollout.field.mayLose')}
              isOn={draft.mayLose}
              onToggle={() => set({ mayLose: !draft.mayLose })}
            />
          </div>
        </Part>
        {isChecked && problems.length > 0 && (
          <ul role="alert" className={styles['problem']} data-testid="problems">
            {problems.map(problem => (
              <li key={problem}>{say(`rollout.problem.${problem}`)}</li>
            ))}
          </ul>
        )}
        <div className={styles['actions']}>
          <Button type="submit" data-testid="preview" aria-disabled={preview.isPending}>
            {say('rollout.preview')}
          </Button>
        </div>
      </form>
      {[preview.error, make.error].map(
        (error, index) =>
          error !== null && (
            <p key={index === 0 ? 'preview' : 'make'} role="alert" className={styles['problem']}>
              {say('order.failed', { reason: fleetFailureText(error, say) })}
            </p>
          ),
      )}
      {preview.data !== undefined && rollout !== undefined && (
        <RolloutPreviewView
          preview={preview.data}
          isBusy={make.isPending}
          onMake={() => make.mutate(rollout, { onSuccess: made => void navigate(`/fleet/rollouts/${made.rollout}`) })}
        />
      )}
    </Page>
  )
}

interface FieldsProps {
  draft: RolloutDraft
  set: (change: Partial<RolloutDraft>) => void
}

function WhatPart({ draft, set }: FieldsProps) {
  const { say, language } = useWords()
  const profiles = useProfiles().data?.profiles ?? []
  const software = useSoftware().data?.software ?? []
  const choices =
    draft.kind === 'profile'
      ? profiles.map(one => ({
          value: one.profile,
          label: `${localName(language, one)} · ${say('fleet.version', { version: one.version })}`,
        }))
      : software.map(({ version }) => ({ value: version, label: version }))
  return (
    <Part name="what" title={say('rollout.what')}>
      <div className={styles['fields']}>
        <TextInput
          name="name"
          label={say('rollout.name')}
          maxLength={120}
          value={draft.name}
          onChange={event => set({ name: event.currentTarget.value })}
        />
        <NativeSelect
          name="kind"
          label={say('rollout.kind')}
          data={(['profile', 'software'] as const).map(value => ({ value, label: say(`fleet.fact.${value}`) }))}
          value={draft.kind}
          onChange={event =>
            set({ kind: event.currentTarget.value === 'software' ? 'software' : 'profile', target: '' })
          }
        />
        <NativeSelect
          name="target"
          label={say(`fleet.fact.${draft.kind}`)}
          data={[{ value: '', label: '–' }, ...choices]}
          value={draft.target}
          onChange={event => set({ target: event.currentTarget.value })}
        />
      </div>
    </Part>
  )
}

function WhichPart({ draft, set }: FieldsProps) {
  const { say, language } = useWords()
  const regions = useRegions().data
  const profiles = useProfiles().data?.profiles ?? []
  return (
    <Part name="which" title={say('rollout.which')}>
      <p className="quiet">{say('rollout.whichHint')}</p>
      <div className={styles['fields']}>
        <RegionSelect
          regions={regions}
          region={draft.region === '' ? undefined : draft.region}
          onChoose={region => set({ region: region ?? '' })}
        />
        <TextInput
          name="tags"
          label={say('fleet.tags')}
          description={say('rollout.commas')}
          value={draft.tags}
          onChange={event => set({ tags: event.currentTarget.value })}
        />
        <NativeSelect
          name="ofProfile"
          label={say('rollout.ofProfile')}
          data={[
            { value: '', label: say('rollout.anyProfile') },
            ...profiles.map(one => ({ value: one.profile, label: localName(language, one) })),
          ]}
          value={draft.ofProfile}
          onChange={event => set({ ofProfile: event.currentTarget.value })}
        />
        <Textarea
          className={styles['wide'] ?? ''}
          name="gateways"
          label={say('rollout.list')}
          description={say('rollout.listHint')}
          rows={3}
          value={draft.gateways}
          onChange={event => set({ gateways: event.currentTarget.value })}
        />
      </div>
    </Part>
  )
}
