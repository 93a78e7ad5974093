import { APPLIANCE_KINDS, type ProfileDocument } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { type DraftAppliance, freeKey, withAppliance, withoutAppliance } from './profile-draft.ts'
import { ProfileDeviceFields } from './profile-device-fields.tsx'
import own from './profile.module.css'

interface ProfileFormProps {
  document: ProfileDocument
  onChange: (document: ProfileDocument) => void
}

/** Appliances, devices, rates and the usual limits of a profile; what it does not show stays as the text has it. */
export function ProfileForm({ document, onChange }: ProfileFormProps) {
  const { say } = useWords()
  const { appliances, devices } = document
  return (
    <div className={styles['stack']}>
      <h2>{say('profile.applianceTitle')}</h2>
      {appliances.length === 0 && <p className="quiet">{say('profile.noAppliances')}</p>}
      {appliances.map((appliance, index) => (
        // By its place: its name changes while it is typed.
        // oxlint-disable-next-line no-array-index-key
        <fieldset key={index} className={own['thing']} data-appliance={appliance.key}>
          <legend>{appliance.key === '' ? say('profile.unnamed') : appliance.key}</legend>
          <ApplianceFields
            appliance={appliance}
            onChange={change => onChange(withAppliance(document, index, change))}
            onRemove={() => onChange(withoutAppliance(document, index))}
          />
        </fieldset>
      ))}
      <div className={styles['actions']}>
        <Button
          variant="default"
          data-act="add-appliance"
          onClick={() =>
            onChange({
              ...document,
              appliances: [...appliances, { key: freeKey('fridge', appliances), kind: 'fridge' }],
            })
          }
        >
          {say('profile.addAppliance')}
        </Button>
      </div>
      <h2>{say('profile.deviceTitle')}</h2>
      <p className="quiet">{say('profile.patternHint')}</p>
      {devices.map((device, index) => (
        // oxlint-disable-next-line no-array-index-key
        <fieldset key={index} className={own['thing']} data-device={device.key}>
          <legend>{device.key === '' ? say('profile.unnamed') : device.key}</legend>
          <ProfileDeviceFields document={document} index={index} onChange={onChange} />
        </fieldset>
      ))}
      <div className={styles['actions']}>
        <Button
          variant="default"
          data-act="add-device"
          onClick={() => {
            const key = freeKey('plug', devices)
            onChange({ ...document, devices: [...devices, { key, vendor: 'tasmota', address: `${key}-{site}` }] })
          }}
        >
          {say('profile.addDevice')}
        </Button>
      </div>
    </div>
  )
}

interface ApplianceFieldsProps {
  appliance: DraftAppliance
  onChange: (change: Partial<DraftAppliance>) => void
  onRemove: () => void
}

function ApplianceFields({ appliance: { key, kind }, onChange, onRemove }: ApplianceFieldsProps) {
  const { say } = useWords()
  return (
    <div className={styles['fields']}>
      <TextInput
        name="key"
        label={say('profile.key')}
        value={key}
        maxLength={40}
        onChange={event => onChange({ key: event.currentTarget.value })}
      />
      <NativeSelect
        name="kind"
        label={say('profile.kind')}
        data={APPLIANCE_KINDS.map(value => ({ value, label: say(`appliance.${value}`) }))}
        value={kind}
        onChange={event => {
          const { value } = event.currentTarget
          onChange({ kind: APPLIANCE_KINDS.find(one => one === value) ?? kind })
        }}
      />
      <Button variant="default" aria-label={say('profile.removeNamed', { name: key })} onClick={onRemove}>
        {say('profile.remove')}
      </Button>
    </div>
  )
}
