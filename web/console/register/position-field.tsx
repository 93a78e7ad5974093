import { COORDINATE_SYSTEMS, type CoordinateSystem, type RegisterCheck } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { LatLng } from '../../shared/map/basemap.ts'
import { useWords } from '../words/words.tsx'
import { PickMap } from './pick-map.tsx'
import styles from './register.module.css'

/** A position as it is typed. */
export interface TypedPosition {
  system: CoordinateSystem
  lng: string
  lat: string
}

interface PositionFieldProps {
  value: TypedPosition
  name: string
  /** What the server says of it; undefined: it was not asked, or has not answered. */
  check: RegisterCheck | undefined
  isMissing: boolean
  onChange: (value: TypedPosition) => void
}

/** Where a station is: by the map, or typed with the coordinate system named. */
export function PositionField({ value, name, check, isMissing, onChange }: PositionFieldProps) {
  const { say } = useWords()
  const doubt = check?.doubt
  const at = check?.wgs84
  const pick = ([latDeg, lngDeg]: LatLng) =>
    onChange({ system: 'WGS84', lat: latDeg.toFixed(6), lng: lngDeg.toFixed(6) })
  return (
    <fieldset className={styles['group']} data-part="position">
      <legend>{say('register.position')}</legend>
      <PickMap at={at && [at.latDeg, at.lngDeg]} name={name} onPick={pick} />
      <div className={styles['fields']}>
        <NativeSelect
          name="system"
          label={say('register.system')}
          description={say('register.systemHint')}
          className={styles['wide']}
          data={COORDINATE_SYSTEMS.map(one => ({ value: one, label: say(`register.systems.${one}`) }))}
          value={value.system}
          onChange={event =>
            onChange({ ...value, system: COORDINATE_SYSTEMS.find(one => one === event.currentTarget.value) ?? 'WGS84' })
          }
        />
        {(['lng', 'lat'] as const).map(axis => (
          <TextInput
            key={axis}
            name={axis}
            inputMode="decimal"
            required
            label={say(`register.${axis}`)}
            value={value[axis]}
            error={isMissing && say('register.badPosition')}
            onChange={event => onChange({ ...value, [axis]: event.currentTarget.value })}
          />
        ))}
      </div>
      <div role="status">
        {doubt !== undefined && (
          <div className={styles['warning']} data-testid="doubt">
            <p>
              {doubt.likely === undefined
                ? say('register.doubt', { metres: doubt.metres })
                : say('register.doubtLikely', {
                    metres: doubt.metres,
                    system: say(`register.systems.${doubt.likely}`),
                  })}
            </p>
            {doubt.likely !== undefined && (
              <Button
                type="button"
                variant="default"
                data-testid="as-likely"
                onClick={() => onChange({ ...value, system: doubt.likely ?? value.system })}
              >
                {say('register.asLikely', { system: say(`register.systems.${doubt.likely}`) })}
              </Button>
            )}
          </div>
        )}
      </div>
    </fieldset>
  )
}
