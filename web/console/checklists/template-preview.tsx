import type { ChecklistTemplate } from '@harbor/protocol'
import { useState } from 'react'
import styles from './checklists.module.css'
import type { Draft } from './draft.ts'
import { LineField } from './line-field.tsx'

/** A checklist as whoever fills it in will see it; what is pressed here goes nowhere. */
export function TemplatePreview({ template }: { template: ChecklistTemplate }) {
  const [answers, setAnswers] = useState<Draft['answers']>({})
  const [photos, setPhotos] = useState<Draft['photos']>([])
  const draft: Draft = { key: 'preview', login: '', template, station: '', state: 'filling', answers, photos }
  return (
    <div className={styles['list']} data-testid="preview">
      {template.lines.map((line, index) => (
        <LineField
          // Of another type it is another field.
          key={`${line.id} ${line.type}`}
          draft={draft}
          line={line}
          number={index + 1}
          isAskedFor={false}
          onAnswer={answer => setAnswers({ ...answers, [line.id]: answer })}
          onPhotos={setPhotos}
        />
      ))}
    </div>
  )
}
