import { APPLIANCE_KINDS, type Crew } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type ReactNode, type SyntheticEvent, useState } from 'react'
import { Failure, failureText } from '../shell/failure.tsx'
import { TickBox } from '../shell/tick-box.tsx'
import { useStations } from '../stations/use-stations.ts'
import styles from '../work-orders/orders.module.css'
import { localName, useWords } from '../words/words.tsx'
import { type CrewDraft, crewOf, draftOf, missingOf, toggled } from './crew-draft.ts'
import own from './crews.module.css'
import { Members } from './members.tsx'
import { type SentCrew, useCrewAct, useCrewPeople } from './use-crews.ts'

interface CrewFormProps {
  /** Undefined: a new one. */
  crew: Crew | undefined
  /** Codes and names of the districts that the reader has a say in. */
  districts: readonly { code: string; name: string }[]
  onSaved: () => void
}

/** A crew to be made or changed. */
export function CrewForm({ crew, districts, onSaved }: CrewFormProps) {
  const { say } = useWords()
  const people = useCrewPeople(true)
  const [draft, setDraft] = useState(() => draftOf(crew, districts.length === 1 ? districts[0]?.code : undefined))
  // Made once: a new crew that is sent again after a lost answer is the same one.
  const [id] = useState(() => crew?.id ?? `crew-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(16)}`)
  const [isChecked, setIsChecked] = useState(false)
  const save = useCrewAct((api, sent: SentCrew) => api.put(sent.id, sent.crew), say('crew.saved'))
  const missing = isChecked ? missingOf(draft) : []
  const set = (change: Partial<CrewDraft>) => setDraft(old => ({ ...old, ...change }))
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (missingOf(draft).length > 0 || save.isPending) return
    save.mutate({ id, crew: crewOf(draft) }, { onSuccess: onSaved })
  }
  const named = people.data?.people ?? crew?.members ?? []
  return (
    <form className={styles['form']} onSubmit={submit} noValidate data-form="crew">
      <TextInput
        name="name"
        label={say('crew.name')}
        required
        maxLength={80}
        value={draft.name}
        error={missing.includes('name') && say('crew.missing')}
        onChange={event => set({ name: event.currentTarget.value })}
      />
      <Choices
        legend={say('crew.districts')}
        problem={missing.includes('districts') ? say('crew.missingDistrict') : undefined}
      >
        {districts.map(({ code, name }) => (
          <TickBox
            key={code}
            name={`district-${code}`}
            label={name}
            isOn={draft.districts.includes(code)}
            onToggle={() => set({ districts: toggled(draft.districts, code) })}
          />
        ))}
      </Choices>
      <Choices legend={say('crew.skills')}>
        {APPLIANCE_KINDS.map(kind => (
          <TickBox
            key={kind}
            name={`skill-${kind}`}
            label={say(`appliance.${kind}`)}
            isOn={draft.skills.includes(kind)}
            onToggle={() => set({ skills: toggled(draft.skills, kind) })}
          />
        ))}
      </Choices>
      {people.isError && <Failure error={people.error} retry={() => void people.refetch()} />}
      <Members
        people={named}
        chosen={draft.members}
        onToggle={login => {
          const members = toggled(draft.members, login)
          set({ members, lead: members.includes(draft.lead) ? draft.lead : '' })
        }}
      />
      <NativeSelect
        name="lead"
        label={say('crew.lead')}
        data={[
          { value: '', label: say('crew.noLead') },
          ...leadsOf(draft, named).map(({ login, name }) => ({ value: login, label: name })),
        ]}
        value={draft.lead}
        onChange={event => set({ lead: event.currentTarget.value })}
      />
      <TextInput
        name="shift"
        label={say('crew.shift')}
        description={say('crew.shiftHint')}
        maxLength={500}
        value={draft.shift}
        onChange={event => set({ shift: event.currentTarget.value })}
      />
      <Base draft={draft} set={set} />
      {save.isError && (
        <p role="alert" className={styles['problem']}>
          {say('crew.failed', { reason: failureText(save.error, say) })}
        </p>
      )}
      <Button type="submit" aria-disabled={save.isPending}>
        {say('crew.save')}
      </Button>
    </form>
  )
}

/** Members can lead; so can who leads now, member or not. */
function leadsOf({ members, lead }: CrewDraft, people: readonly { login: string; name: string }[]) {
  const found = people.filter(({ login }) => members.includes(login) || login === lead)
  return lead === '' || found.some(({ login }) => login === lead) ? found : [...found, { login: lead, name: lead }]
}

function Base({ draft, set }: { draft: CrewDraft; set: (change: Partial<CrewDraft>) => void }) {
  const { say, language } = useWords()
  const stations = useStations().data?.stations ?? []
  const [kept] = useState(draft.base)
  const { base } = draft
  const at = stations.find(({ latDeg, lngDeg }) => latDeg === base?.latDeg && lngDeg === base.lngDeg)
  return (
    <NativeSelect
      name="base"
      label={say('crew.base')}
      data={[
        { value: '', label: say('crew.noBase') },
        ...(kept === undefined ? [] : [{ value: 'same', label: say('crew.sameBase') }]),
        ...stations.map(one => ({ value: one.id, label: localName(language, one) })),
      ]}
      value={base === undefined ? '' : base === kept ? 'same' : (at?.id ?? 'same')}
      onChange={event => {
        const { value } = event.currentTarget
        const station = stations.find(({ id }) => id === value)
        set({
          base: value === 'same' ? kept : station && { latDeg: station.latDeg, lngDeg: station.lngDeg },
        })
      }}
    />
  )
}

function Choices({ legend, problem, children }: { legend: string; problem?: string | undefined; children: ReactNode }) {
  return (
    <fieldset className={own['choices']}>
      <legend>{legend}</legend>
      {children}
      {problem !== undefined && (
        <p role="alert" className={styles['problem']}>
          {problem}
        </p>
      )}
    </fieldset>
  )
}
