import { Button, TextInput } from '@mantine/core'
import { TickBox } from '../shell/tick-box.tsx'
import { useWords } from '../words/words.tsx'
import styles from './checklists.module.css'
import { type OptionDraft, newOption } from './template-draft.ts'

/** The server's own limit. */
const MAX_OPTIONS = 12

interface OptionsEditorProps {
  options: readonly OptionDraft[]
  newId: () => string
  onChange: (options: OptionDraft[]) => void
}

/** What can be chosen in a line, and which of it counts as not good. */
export function OptionsEditor({ options, newId, onChange }: OptionsEditorProps) {
  const { say } = useWords()
  const set = (index: number, change: Partial<OptionDraft>) =>
    onChange(options.map((option, at) => (at === index ? { ...option, ...change } : option)))
  return (
    <fieldset className={styles['options']}>
      <legend>{say('checklist.template.options')}</legend>
      {options.map((option, index) => {
        const number = index + 1
        const name = say('checklist.template.option', { number })
        return (
          <div key={option.id} className={styles['option']} data-option={number}>
            <TextInput
              label={`${name}: ${say('checklist.template.labelZh')}`}
              name={`option-${number}-zh`}
              lang="zh-CN"
              maxLength={200}
              value={option.labelZh}
              onChange={event => set(index, { labelZh: event.currentTarget.value })}
            />
            <TextInput
              label={`${name}: ${say('checklist.template.labelEn')}`}
              name={`option-${number}-en`}
              lang="en"
              maxLength={200}
              value={option.labelEn}
              onChange={event => set(index, { labelEn: event.currentTarget.value })}
            />
            <TickBox
              name={`option-${number}-fails`}
              label={`${name}: ${say('checklist.template.optionFails')}`}
              isOn={option.fails}
              onToggle={() => set(index, { fails: !option.fails })}
            />
            <Button
              variant="subtle"
              aria-label={say('checklist.template.removeOption', { number })}
              onClick={() => onChange(options.filter((_, at) => at !== index))}
            >
              {say('checklist.template.removeShort')}
            </Button>
          </div>
        )
      })}
      {options.length < MAX_OPTIONS && (
        <Button variant="default" data-act="add-option" onClick={() => onChange([...options, newOption(newId())])}>
          {say('checklist.template.addOption')}
        </Button>
      )}
    </fieldset>
  )
}
