import { APPLIANCE_KINDS, type ChecklistLine, SEVERITIES } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { TickBox } from '../shell/tick-box.tsx'
import { useWords } from '../words/words.tsx'
import styles from './checklists.module.css'
import { OptionsEditor } from './options-editor.tsx'
import { LINE_TYPES, type LineDraft } from './template-draft.ts'

interface LineEditorProps {
  line: LineDraft
  /** From 1 on. */
  number: number
  isFirst: boolean
  isLast: boolean
  newId: () => string
  onChange: (change: Partial<LineDraft>) => void
  onMove: (by: -1 | 1) => void
  onRemove: () => void
}

/** One line of a checklist that is being written; closed it is one row. */
export function LineEditor({ line, number, isFirst, isLast, newId, onChange, onMove, onRemove }: LineEditorProps) {
  const { say, language } = useWords()
  const label = language === 'zh' ? line.labelZh : line.labelEn
  // A new line is open, and stays so while it is being written.
  const [isOpen, setIsOpen] = useState(label === '')
  // What opens no order has no grade.
  const canFail = line.type !== 'text' && line.type !== 'photo'
  return (
    <li className={`card ${styles['editedLine']}`} data-edited-line={line.id}>
      <details open={isOpen} onToggle={event => setIsOpen(event.currentTarget.open)}>
        <summary>
          <b>
            {number}. {label === '' ? say('checklist.template.line', { number }) : label}
          </b>{' '}
          <span className="quiet">{say(`checklist.template.type.${line.type}`)}</span>
        </summary>
        <div className={styles['fields']}>
          <NativeSelect
            label={say('checklist.template.lineType')}
            name="line-type"
            data={LINE_TYPES.map(value => ({ value, label: say(`checklist.template.type.${value}`) }))}
            value={line.type}
            onChange={event => {
              const { value } = event.currentTarget
              const type = LINE_TYPES.find(one => one === value) ?? line.type
              const options = type === 'choice' && line.options.length === 0 ? [newId(), newId()] : []
              onChange({
                type,
                ...(options.length > 0 && {
                  options: options.map(id => ({ id, labelZh: '', labelEn: '', fails: false })),
                }),
              })
            }}
          />
          <TextInput
            label={say('checklist.template.labelZh')}
            name="label-zh"
            lang="zh-CN"
            required
            maxLength={200}
            value={line.labelZh}
            onChange={event => onChange({ labelZh: event.currentTarget.value })}
          />
          <TextInput
            label={say('checklist.template.labelEn')}
            name="label-en"
            lang="en"
            required
            maxLength={200}
            value={line.labelEn}
            onChange={event => onChange({ labelEn: event.currentTarget.value })}
          />
          {line.type === 'number' && <Range line={line} onChange={onChange} />}
          {line.type === 'choice' && (
            <OptionsEditor options={line.options} newId={newId} onChange={options => onChange({ options })} />
          )}
          <TickBox
            name="required"
            label={say('checklist.template.required')}
            isOn={!line.isOptional}
            onToggle={() => onChange({ isOptional: !line.isOptional })}
          />
          {canFail && <OfOrder line={line} onChange={onChange} />}
        </div>
      </details>
      <div className={styles['lineActs']}>
        <Button
          variant="default"
          aria-disabled={isFirst}
          aria-label={say('checklist.template.up', { number })}
          onClick={() => onMove(-1)}
        >
          {say('checklist.template.upShort')}
        </Button>
        <Button
          variant="default"
          aria-disabled={isLast}
          aria-label={say('checklist.template.down', { number })}
          onClick={() => onMove(1)}
        >
          {say('checklist.template.downShort')}
        </Button>
        <Button variant="default" aria-label={say('checklist.template.removeLine', { number })} onClick={onRemove}>
          {say('checklist.template.removeShort')}
        </Button>
      </div>
    </li>
  )
}

interface FieldProps {
  line: LineDraft
  onChange: (change: Partial<LineDraft>) => void
}

function Range({ line, onChange }: FieldProps) {
  const { say } = useWords()
  return (
    <>
      {(['min', 'max', 'unit'] as const).map(field => (
        <TextInput
          key={field}
          label={say(`checklist.template.${field}`)}
          name={field}
          inputMode={field === 'unit' ? 'text' : 'decimal'}
          maxLength={20}
          value={line[field]}
          onChange={event => onChange({ [field]: event.currentTarget.value })}
        />
      ))}
    </>
  )
}

/** What the order of a line that fails is like. */
function OfOrder({ line, onChange }: FieldProps) {
  const { say } = useWords()
  return (
    <>
      <NativeSelect
        label={say('checklist.template.severity')}
        name="severity"
        data={SEVERITIES.map(value => ({ value, label: `${value} ${say(`severity.${value}`)}` }))}
        value={line.severity}
        onChange={event => {
          const { value } = event.currentTarget
          onChange({ severity: SEVERITIES.find((one): one is ChecklistLine['severity'] => one === value) ?? 'P3' })
        }}
      />
      <NativeSelect
        label={say('checklist.template.lineKind')}
        name="line-kind"
        data={[
          { value: '', label: say('checklist.template.noKind') },
          ...APPLIANCE_KINDS.map(value => ({ value, label: say(`appliance.${value}`) })),
        ]}
        value={line.applianceKind ?? ''}
        onChange={event => {
          const { value } = event.currentTarget
          onChange({ applianceKind: APPLIANCE_KINDS.find(kind => kind === value) })
        }}
      />
    </>
  )
}
