import { type ProfileDocument, type SafetyLimits, VENDORS } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { TickBox } from '../../shell/tick-box.tsx'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { VENDOR_NAMES } from '../vendor-names.ts'
import { withDevice } from './profile-draft.ts'

interface ProfileDeviceFieldsProps {
  document: ProfileDocument
  /** Which of its devices. */
  index: number
  onChange: (document: ProfileDocument) => void
}

/** One device of a profile: what it is, on what, how often it speaks, what it may be rated for. */
export function ProfileDeviceFields({ document, index, onChange }: ProfileDeviceFieldsProps) {
  const { say } = useWords()
  const device = document.devices[index]
  if (device === undefined) return null
  const { key, vendor, address, appliance, reportEveryS, switchable, safety } = device
  const set = (change: Parameters<typeof withDevice>[2]) => onChange(withDevice(document, index, change))
  return (
    <div className={styles['fields']}>
      <TextInput
        name="key"
        label={say('profile.key')}
        value={key}
        maxLength={40}
        onChange={event => set({ key: event.currentTarget.value })}
      />
      <NativeSelect
        name="vendor"
        label={say('fleet.vendor')}
        data={VENDORS.map(value => ({ value, label: VENDOR_NAMES[value] }))}
        value={vendor}
        onChange={event => {
          const { value } = event.currentTarget
          set({ vendor: VENDORS.find(one => one === value) ?? vendor })
        }}
      />
      <TextInput
        name="address"
        label={say('fleet.address')}
        value={address}
        maxLength={120}
        onChange={event => set({ address: event.currentTarget.value })}
      />
      <NativeSelect
        name="appliance"
        label={say('profile.onAppliance')}
        data={[
          { value: '', label: say('profile.onStation') },
          ...document.appliances.map(one => ({ value: one.key, label: one.key })),
        ]}
        value={appliance ?? ''}
        onChange={event => {
          const { value } = event.currentTarget
          set({ appliance: value === '' ? undefined : value })
        }}
      />
      <NumberField
        name="reportEveryS"
        label={say('profile.reportEveryS')}
        value={reportEveryS}
        onChange={value => set({ reportEveryS: value === undefined ? undefined : Math.round(value) })}
      />
      <NumberField
        name="ratedCurrentA"
        label={say('profile.ratedCurrentA')}
        value={safety?.ratedCurrentA}
        onChange={value => set({ safety: withLimit(safety, { ratedCurrentA: value }) })}
      />
      <NativeSelect
        name="switchable"
        label={say('profile.switchable')}
        data={(['', 'true', 'false'] as const).map(value => ({
          value,
          label: say(value === '' ? 'profile.asUsual' : value === 'true' ? 'profile.yes' : 'profile.no'),
        }))}
        value={switchable === undefined ? '' : String(switchable)}
        onChange={event => {
          const { value } = event.currentTarget
          set({ switchable: value === '' ? undefined : value === 'true' })
        }}
      />
      <TickBox
        name="mayCut"
        label={say('profile.neverCut')}
        isOn={safety?.mayCut === false}
        onToggle={() => set({ safety: withLimit(safety, { mayCut: safety?.mayCut === false ? undefined : false }) })}
      />
      <Button
        variant="default"
        aria-label={say('profile.removeNamed', { name: key })}
        onClick={() => onChange({ ...document, devices: document.devices.filter((_, at) => at !== index) })}
      >
        {say('profile.remove')}
      </Button>
    </div>
  )
}

/** Limits with other numbers; undefined where none is left. */
function withLimit(
  limits: SafetyLimits | undefined,
  change: { [Key in keyof SafetyLimits]?: SafetyLimits[Key] | undefined },
): SafetyLimits | undefined {
  const kept = Object.entries({ ...limits, ...change }).filter(([, value]) => value !== undefined)
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as SafetyLimits)
}

interface NumberFieldProps {
  name: string
  label: string
  value: number | undefined
  onChange: (value: number | undefined) => void
}

/** A number above zero, or nothing. */
function NumberField({ name, label, value, onChange }: NumberFieldProps) {
  return (
    <TextInput
      name={name}
      label={label}
      type="number"
      inputMode="decimal"
      min={0}
      value={value ?? ''}
      onChange={event => {
        const number = event.currentTarget.valueAsNumber
        onChange(Number.isFinite(number) && number > 0 ? number : undefined)
      }}
    />
  )
}
