import { APPLIANCE_KINDS, type ChecklistTemplate } from '@harbor/protocol'
import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { failureText } from '../shell/failure.tsx'
import { TickBox } from '../shell/tick-box.tsx'
import { useWords } from '../words/words.tsx'
import styles from './checklists.module.css'
import { LineEditor } from './line-editor.tsx'
import { type LineDraft, type TemplateDraft, draftOf, moved, newLine, problemsOf, requestOf } from './template-draft.ts'
import { TemplatePreview } from './template-preview.tsx'
import { useSaveTemplate } from './use-templates.ts'

/** The server's own limit. */
const MAX_LINES = 60
const USES = ['inspection', 'order'] as const

interface TemplateEditorProps {
  id: string
  /** What it begins from; undefined: a new one. */
  from: ChecklistTemplate | undefined
  /** The version that the next one replaces; 0: there is none. */
  replaces: number
  onSaved: (template: ChecklistTemplate) => void
}

/** A checklist that is being written, with its lines and how they will look; saving makes the next version. */
export function TemplateEditor({ id, from, replaces, onSaved }: TemplateEditorProps) {
  const { say } = useWords()
  const [draft, setDraft] = useState(() => draftOf(from, newId))
  const [isChecked, setIsChecked] = useState(false)
  const save = useSaveTemplate(id)
  const problems = problemsOf(draft)
  const set = (change: Partial<TemplateDraft>) => setDraft(old => ({ ...old, ...change }))
  const setLine = (index: number, change: Partial<LineDraft>) =>
    setDraft(old => ({ ...old, lines: old.lines.map((line, at) => (at === index ? { ...line, ...change } : line)) }))
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (problems.length === 0 && !save.isPending) save.mutate(requestOf(draft, replaces), { onSuccess: onSaved })
  }
  const version = replaces + 1
  return (
    <div className={styles['editor']}>
      <form className={styles['list']} onSubmit={submit} noValidate data-form="template">
        <Head draft={draft} set={set} />
        <ol className={`${styles['list']} ${styles['lines']}`}>
          {draft.lines.map((line, index) => (
            <LineEditor
              key={line.id}
              line={line}
              number={index + 1}
              isFirst={index === 0}
              isLast={index === draft.lines.length - 1}
              newId={newId}
              onChange={change => setLine(index, change)}
              onMove={by => set({ lines: moved(draft.lines, index, by) })}
              onRemove={() => set({ lines: draft.lines.filter((_, at) => at !== index) })}
            />
          ))}
        </ol>
        {draft.lines.length < MAX_LINES && (
          <Button
            variant="default"
            data-act="add-line"
            onClick={() => set({ lines: [...draft.lines, newLine(newId())] })}
          >
            {say('checklist.template.addLine')}
          </Button>
        )}
        <TickBox
          name="retired"
          label={say('checklist.template.retire')}
          isOn={draft.isRetired}
          onToggle={() => set({ isRetired: !draft.isRetired })}
        />
        {isChecked && problems.length > 0 && (
          <div role="alert" className={styles['problem']} data-testid="problems">
            <ul>
              {problems.map(problem => (
                <li key={`${problem.what} ${'number' in problem ? problem.number : ''}`}>
                  {say(
                    `checklist.template.problem.${problem.what}`,
                    'number' in problem ? { number: problem.number } : {},
                  )}
                </li>
              ))}
            </ul>
          </div>
        )}
        {save.isError && (
          <p role="alert" className={styles['problem']} data-testid="not-saved">
            {say('checklist.template.failed', { reason: failureText(save.error, say) })}
          </p>
        )}
        <Button type="submit" aria-disabled={save.isPending}>
          {say('checklist.template.save', { version })}
        </Button>
      </form>
      <section className={styles['list']} aria-label={say('checklist.template.preview')}>
        <h2>{say('checklist.template.preview')}</h2>
        {problems.length > 0 ? (
          <p className="quiet">{say('checklist.template.previewAfter')}</p>
        ) : (
          <TemplatePreview template={{ ...requestOf(draft, replaces), id, version, createdAt: '' }} />
        )}
      </section>
    </div>
  )
}

function Head({ draft, set }: { draft: TemplateDraft; set: (change: Partial<TemplateDraft>) => void }) {
  const { say } = useWords()
  return (
    <div className={`card ${styles['part']}`}>
      <TextInput
        label={say('checklist.template.titleZh')}
        name="title-zh"
        lang="zh-CN"
        required
        maxLength={200}
        value={draft.titleZh}
        onChange={event => set({ titleZh: event.currentTarget.value })}
      />
      <TextInput
        label={say('checklist.template.titleEn')}
        name="title-en"
        lang="en"
        required
        maxLength={200}
        value={draft.titleEn}
        onChange={event => set({ titleEn: event.currentTarget.value })}
      />
      <SegmentedControl
        aria-label={say('checklist.template.whichUse')}
        data={USES.map(value => ({ value, label: say(`checklist.template.use.${value}`) }))}
        value={draft.use}
        onChange={value => set({ use: USES.find(use => use === value) ?? draft.use })}
      />
      {draft.use === 'order' && (
        <NativeSelect
          label={say('checklist.template.kind')}
          name="kind"
          data={[
            { value: '', label: say('checklist.template.everyKind') },
            ...APPLIANCE_KINDS.map(value => ({ value, label: say(`appliance.${value}`) })),
          ]}
          value={draft.applianceKind ?? ''}
          onChange={event => {
            const { value } = event.currentTarget
            set({ applianceKind: APPLIANCE_KINDS.find(kind => kind === value) })
          }}
        />
      )}
      <TextInput
        label={say('checklist.template.source')}
        name="source"
        maxLength={500}
        value={draft.source}
        onChange={event => set({ source: event.currentTarget.value })}
      />
    </div>
  )
}

/** Of a line or an option: random, so that it never stands for what an earlier version had of the same number. */
function newId(): string {
  return `l${[...crypto.getRandomValues(new Uint8Array(6))].map(byte => byte.toString(16).padStart(2, '0')).join('')}`
}
