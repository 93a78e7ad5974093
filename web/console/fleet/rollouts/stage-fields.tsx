import { MAX_ROLLOUT_STAGES } from '@harbor/protocol'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { STAGE_KINDS, type StageDraft } from './rollout-draft.ts'

interface StageFieldsProps {
  stages: readonly StageDraft[]
  onChange: (stages: StageDraft[]) => void
}

/** The stages in their order; what none of them takes is a last one. */
export function StageFields({ stages, onChange }: StageFieldsProps) {
  const { say } = useWords()
  const set = (index: number, change: Partial<StageDraft>) =>
    onChange(stages.map((stage, at) => (at === index ? { ...stage, ...change } : stage)))
  return (
    <>
      <p className="quiet">{say('rollout.stagesHint')}</p>
      {stages.map(({ by, value }, index) => (
        // By its place: it has no other name.
        // oxlint-disable-next-line no-array-index-key
        <div key={index} className={styles['fields']} data-stage={index}>
          <NativeSelect
            label={say('rollout.stageNumber', { number: index + 1 })}
            data={STAGE_KINDS.map(kind => ({ value: kind, label: say(`rollout.stageBy.${kind}`) }))}
            value={by}
            onChange={event => {
              const chosen = event.currentTarget.value
              set(index, { by: STAGE_KINDS.find(kind => kind === chosen) ?? by, value: '' })
            }}
          />
          <TextInput
            label={say(`rollout.stageValue.${by}`)}
            value={value}
            onChange={event => set(index, { value: event.currentTarget.value })}
          />
          <Button
            variant="default"
            aria-label={say('profile.removeNamed', { name: say('rollout.stageNumber', { number: index + 1 }) })}
            onClick={() => onChange(stages.filter((_, at) => at !== index))}
          >
            {say('profile.remove')}
          </Button>
        </div>
      ))}
      {stages.length < MAX_ROLLOUT_STAGES && (
        <div className={styles['actions']}>
          <Button variant="default" onClick={() => onChange([...stages, { by: 'percent', value: '' }])}>
            {say('rollout.addStage')}
          </Button>
        </div>
      )}
    </>
  )
}
