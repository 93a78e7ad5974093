import {
  REGISTER_COLUMN_NAMES,
  REGISTER_FIELDS,
  type RegisterColumn,
  type RegisterDetail,
  type RegisterField,
} from '@harbor/protocol'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { RequestError } from '../api/request-error.ts'
import { failureText } from '../shell/failure.tsx'
import { DataGrid } from '../table/data-grid.tsx'
import orders from '../work-orders/orders.module.css'
import { useWords } from '../words/words.tsx'
import styles from './register.module.css'
import { StationForm, wrongFields } from './station-form.tsx'
import { type StationValues, factsOf, isMoved, positionOf, valuesOf } from './station-values.ts'
import { useCheck, useRegisterAct } from './use-register.ts'

/** Changing what is known of a station. Who was overtaken sees both versions, field by field, and chooses. */
export function EditPart({ station, onClose }: { station: RegisterDetail; onClose: () => void }) {
  const { say } = useWords()
  /** What the form began with: an edit names its revision. */
  const [base, setBase] = useState(station)
  const [values, setValues] = useState(() => valuesOf(station))
  const [theirs, setTheirs] = useState<RegisterDetail>()
  const [isChecked, setIsChecked] = useState(false)
  const edit = useRegisterAct(async (api, wanted: Parameters<typeof api.edit>[1]) => {
    try {
      return await api.edit(station.id, wanted)
    } catch (error) {
      // Told with what the other one made of it.
      if (error instanceof RequestError && error.code === 'API_CONFLICT') setTheirs(await api.detail(station.id))
      throw error
    }
  })
  const position = positionOf(values.position)
  const moved = isMoved(values.position, valuesOf(base).position)
  const { id, district } = station
  const check = useCheck(position === undefined ? undefined : { position, district, station: id }).data
  const shown = moved ? check : check && { ...check, doubt: undefined }
  const wrong = wrongFields(values)
  const save = () => {
    setIsChecked(true)
    if (wrong.length > 0 || position === undefined || edit.isPending) return
    const isPositionSure = shown?.doubt !== undefined
    edit.mutate(
      { ...factsOf(values), revision: base.revision, isPositionSure, ...(moved && { position }) },
      { onSuccess: onClose },
    )
  }
  const isOvertaken = theirs !== undefined && theirs.revision !== base.revision
  return (
    <section className={`card ${styles['part']}`} data-part="edit">
      <h2>{say('register.edit')}</h2>
      <StationForm
        values={values}
        isNew={false}
        wrong={isChecked ? wrong : []}
        check={shown && { wgs84: shown.wgs84, ...(shown.doubt !== undefined && { doubt: shown.doubt }) }}
        isBusy={edit.isPending}
        onChange={setValues}
        onSave={save}
      >
        {edit.isError && (
          <p role="alert" className={orders['problem']} data-testid="not-saved">
            {edit.error instanceof RequestError && edit.error.code === 'API_CONFLICT'
              ? edit.error.message
              : say('order.failed', { reason: failureText(edit.error, say) })}
          </p>
        )}
        {isOvertaken && (
          <div className={styles['warning']} data-testid="overtaken">
            <h3>{say('register.conflictTitle')}</h3>
            <Differences yours={values} theirs={theirs} />
            <div className={styles['actions']}>
              <Button type="button" variant="default" data-testid="keep-mine" onClick={() => setBase(theirs)}>
                {say('register.keepMine')}
              </Button>
              <Button
                type="button"
                variant="default"
                data-testid="take-theirs"
                onClick={() => {
                  setBase(theirs)
                  setValues(valuesOf(theirs))
                }}
              >
                {say('register.takeTheirs')}
              </Button>
            </div>
          </div>
        )}
      </StationForm>
      <Button type="button" variant="default" onClick={onClose}>
        {say('register.cancel')}
      </Button>
    </section>
  )
}

function Differences({ yours, theirs }: { yours: StationValues; theirs: RegisterDetail }) {
  const { say } = useWords()
  const nameOf = useFieldName()
  const [mine, other] = [textsOf(yours), textsOf(valuesOf(theirs))]
  const rows = REGISTER_FIELDS.filter(field => mine[field] !== other[field])
  return (
    <DataGrid
      label={say('register.conflictTitle')}
      keyOf={field => field}
      rows={rows}
      columns={[
        { key: 'field', name: say('register.field'), isText: true, renderCell: nameOf },
        {
          key: 'yours',
          name: say('register.yours'),
          isText: true,
          renderCell: field => mine[field] || say('register.nothing'),
        },
        {
          key: 'theirs',
          name: say('register.theirs'),
          isText: true,
          renderCell: field => other[field] || say('register.nothing'),
        },
      ]}
    />
  )
}

/** What a field of the history is called. */
export function useFieldName() {
  const { say, language } = useWords()
  return (field: RegisterField): string =>
    field === 'position' ? say('register.position') : REGISTER_COLUMN_NAMES[field satisfies RegisterColumn][language]
}

function textsOf({ lines, position, ...values }: StationValues): Readonly<Record<RegisterField, string>> {
  return {
    ...lines,
    street: values.street,
    position: `${position.lat}, ${position.lng} ${position.system}`,
    hours: values.hours,
    capacity: values.capacity,
    floorAreaM2: values.floorArea,
    facilities: [...values.facilities].sort().join(', '),
    hostKind: values.hostKind,
    notes: values.notes,
  }
}
