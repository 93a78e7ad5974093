import { CHIP_FAMILIES, type ChipFamily, MAX_IMAGE_BYTES, isId, versionNameSchema } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { useAnnounce } from '../../shell/announcer.tsx'
import { useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { useFleetAct } from '../use-fleet.ts'
import { FileField } from './file-field.tsx'

const EMPTY = { firmware: '', name: '', version: '', offset: '0x0' }
const FIELDS = ['firmware', 'name', 'version', 'offset'] as const

/** Brings an image, or one more part or chip of one. */
export function FirmwareForm() {
  const { say } = useWords()
  const announce = useAnnounce()
  const [fields, setFields] = useState(EMPTY)
  const [chipFamily, setChipFamily] = useState<ChipFamily>('ESP32')
  const [file, setFile] = useState<File>()
  const [isChecked, setIsChecked] = useState(false)
  const add = useFleetAct(
    (api, { part, content }: { part: Parameters<typeof api.flash.addFirmware>[0]; content: File }) =>
      api.flash.addFirmware(part, content),
  )
  const wrong = {
    firmware: !isId(fields.firmware),
    name: fields.name.trim() === '',
    version: !versionNameSchema.safeParse(fields.version).success,
    offset: offsetOf(fields.offset) === undefined,
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    const offset = offsetOf(fields.offset)
    const isWrong = FIELDS.some(field => wrong[field])
    if (file === undefined || file.size > MAX_IMAGE_BYTES || offset === undefined || isWrong || add.isPending) return
    add.mutate(
      { part: { ...fields, chipFamily, offset }, content: file },
      {
        onSuccess: ({ name, version }) => {
          announce(say('flash.added', { name: `${name} ${version}` }))
          setFile(undefined)
          setIsChecked(false)
        },
      },
    )
  }
  return (
    <details className={styles['disclosure']}>
      <summary data-testid="add-firmware">{say('flash.add')}</summary>
      <form noValidate data-form="firmware" onSubmit={submit}>
        <p className="quiet">{say('flash.addHint')}</p>
        <div className={styles['fields']}>
          {FIELDS.map(field => (
            <TextInput
              key={field}
              name={field}
              label={say(`flash.field.${field}`)}
              required
              maxLength={80}
              value={fields[field]}
              error={isChecked && wrong[field] && say(`flash.wrong.${field}`)}
              onChange={event => setFields({ ...fields, [field]: event.currentTarget.value })}
            />
          ))}
          <NativeSelect
            name="chip"
            label={say('flash.field.chip')}
            data={[...CHIP_FAMILIES]}
            value={chipFamily}
            onChange={event => {
              const { value } = event.currentTarget
              setChipFamily(CHIP_FAMILIES.find(one => one === value) ?? chipFamily)
            }}
          />
          <FileField name="image" accept=".bin" file={file} mostBytes={MAX_IMAGE_BYTES} onChoose={setFile} />
        </div>
        {isChecked && file === undefined && <p role="alert">{say('flash.noFile')}</p>}
        {add.isError && (
          <p role="alert" className={styles['problem']}>
            {say('order.failed', { reason: fleetFailureText(add.error, say) })}
          </p>
        )}
        <div className={styles['actions']}>
          <Button type="submit" aria-disabled={add.isPending}>
            {say('flash.upload')}
          </Button>
        </div>
      </form>
    </details>
  )
}

/** A place in the flash: decimal, or hexadecimal as in `0x10000`. */
function offsetOf(text: string): number | undefined {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text.trim())) return undefined
  const offset = Number(text)
  return offset < MAX_IMAGE_BYTES ? offset : undefined
}
