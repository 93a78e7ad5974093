import { FACILITIES, HOST_KINDS, REGISTER_COLUMN_NAMES, type RegisterCheck, proposedCapacity } from '@harbor/protocol'
import { Button, NativeSelect, TextInput, Textarea } from '@mantine/core'
import type { ReactNode, SyntheticEvent } from 'react'
import { useRegions } from '../region/use-regions.ts'
import { localName, useWords } from '../words/words.tsx'
import { HoursField } from './hours-field.tsx'
import { PositionField } from './position-field.tsx'
import styles from './register.module.css'
import { LINES, type StationValues, positionOf } from './station-values.ts'

const TELEPHONE = /^[+\d][\d -]{4,19}$/
const MAX_LENGTH = { nameZh: 120, nameEn: 120, addressZh: 200, addressEn: 200, phone: 20, hintZh: 200, hintEn: 200 }

/** What is wrong with the form, by its field; empty: nothing. */
export function wrongFields(values: StationValues): string[] {
  const { nameZh, nameEn, phone } = values.lines
  const isNumber = (text: string) => text.trim() === '' || (Number(text) > 0 && Number(text) <= 10_000)
  return [
    ...(nameZh.trim() === '' ? ['nameZh'] : []),
    ...(nameEn.trim() === '' ? ['nameEn'] : []),
    ...(phone.trim() === '' || TELEPHONE.test(phone.trim()) ? [] : ['phone']),
    ...(values.district === '' ? ['district'] : []),
    ...(isNumber(values.capacity) && Number.isInteger(Number(values.capacity)) ? [] : ['capacity']),
    ...(isNumber(values.floorArea) ? [] : ['floorAreaM2']),
    ...(positionOf(values.position) === undefined ? ['position'] : []),
  ]
}

interface StationFormProps {
  values: StationValues
  /** A station's district is in its code: it is chosen once. */
  isNew: boolean
  /** Fields that are marked as wrong. */
  wrong: readonly string[]
  check: RegisterCheck | undefined
  isBusy: boolean
  onChange: (values: StationValues) => void
  onSave: () => void
  /** What stands at the end: what failed, or what is asked. */
  children: ReactNode
}

/** All that is known of a station, to be filled in by hand. */
export function StationForm({ values, isNew, wrong, check, isBusy, onChange, onSave, children }: StationFormProps) {
  const { say, language } = useWords()
  const regions = useRegions().data
  const set = (part: Partial<StationValues>) => onChange({ ...values, ...part })
  const labelOf = (field: keyof typeof REGISTER_COLUMN_NAMES) => REGISTER_COLUMN_NAMES[field][language]
  const streets = regions?.districts.find(({ district }) => district === values.district)?.streets ?? []
  const floor = Number(values.floorArea)
  const proposed = floor > 0 && floor <= 10_000 ? proposedCapacity(floor) : undefined
  return (
    <form
      className={styles['column']}
      noValidate
      data-form="station"
      onSubmit={(event: SyntheticEvent) => {
        event.preventDefault()
        onSave()
      }}
    >
      <div className={styles['fields']}>
        {isNew && (
          <NativeSelect
            name="district"
            label={say('register.district')}
            required
            data={[
              { value: '', label: '–' },
              ...(regions?.districts ?? []).map(one => ({ value: one.district, label: localName(language, one) })),
            ]}
            value={values.district}
            error={wrong.includes('district') && say('register.required')}
            onChange={event => set({ district: event.currentTarget.value, street: '' })}
          />
        )}
        <NativeSelect
          name="street"
          label={labelOf('street')}
          data={[
            { value: '', label: say('register.noStreet') },
            ...streets.map(one => ({ value: one.street, label: localName(language, one) })),
          ]}
          value={values.street}
          onChange={event => set({ street: event.currentTarget.value })}
        />
        {LINES.map(line => (
          <TextInput
            key={line}
            name={line}
            label={labelOf(line)}
            required={line === 'nameZh' || line === 'nameEn'}
            maxLength={MAX_LENGTH[line]}
            value={values.lines[line]}
            error={wrong.includes(line) && say(line === 'phone' ? 'register.reason.bad_phone' : 'register.required')}
            onChange={event => set({ lines: { ...values.lines, [line]: event.currentTarget.value } })}
          />
        ))}
        <NativeSelect
          name="hostKind"
          label={labelOf('hostKind')}
          data={[
            { value: '', label: say('register.noHost') },
            ...HOST_KINDS.map(value => ({ value, label: say(`register.host.${value}`) })),
          ]}
          value={values.hostKind}
          onChange={event => set({ hostKind: event.currentTarget.value })}
        />
        <TextInput
          name="floorArea"
          inputMode="decimal"
          label={labelOf('floorAreaM2')}
          value={values.floorArea}
          error={wrong.includes('floorAreaM2') && say('register.reason.bad_number')}
          onChange={event => set({ floorArea: event.currentTarget.value })}
        />
        <div>
          <TextInput
            name="capacity"
            inputMode="numeric"
            label={labelOf('capacity')}
            value={values.capacity}
            error={wrong.includes('capacity') && say('register.reason.bad_number')}
            onChange={event => set({ capacity: event.currentTarget.value })}
          />
          {proposed !== undefined && values.capacity !== String(proposed) && (
            <p className={styles['actions']}>
              <span className="quiet">{say('register.proposed', { count: proposed })}</span>
              <Button type="button" variant="default" onClick={() => set({ capacity: String(proposed) })}>
                {say('register.use')}
              </Button>
            </p>
          )}
        </div>
      </div>
      <fieldset className={styles['group']}>
        <legend>{say('register.facilities')}</legend>
        <div className={styles['checks']}>
          {FACILITIES.map(facility => (
            <label key={facility}>
              <input
                type="checkbox"
                name={facility}
                checked={values.facilities.includes(facility)}
                onChange={event =>
                  set({
                    facilities: event.currentTarget.checked
                      ? [...values.facilities, facility]
                      : values.facilities.filter(one => one !== facility),
                  })
                }
              />
              {say(`register.facility.${facility}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <HoursField value={values.hours} district={values.district || '500103'} onChange={hours => set({ hours })} />
      <PositionField
        value={values.position}
        name={localName(language, values.lines)}
        check={check}
        isMissing={wrong.includes('position')}
        onChange={position => set({ position })}
      />
      <Textarea
        name="notes"
        label={say('register.staffNotes')}
        maxLength={2_000}
        autosize={false}
        rows={3}
        value={values.notes}
        onChange={event => set({ notes: event.currentTarget.value })}
      />
      {children}
      <Button type="submit" data-testid="save" aria-disabled={isBusy}>
        {say(check?.doubt === undefined ? 'register.save' : 'register.sure')}
      </Button>
    </form>
  )
}
