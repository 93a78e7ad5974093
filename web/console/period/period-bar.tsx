import { NativeSelect, TextInput } from '@mantine/core'
import { useWords } from '../words/words.tsx'
import { PERIODS, type Period, type PeriodName } from './period.ts'

interface PeriodBarProps {
  period: Period & { name: PeriodName }
  onChoose: (period: Period & { name: PeriodName }) => void
}

/** A period by name, always with its exact dates, which may be changed. */
export function PeriodBar({ period, onChoose }: PeriodBarProps) {
  const { say } = useWords()
  return (
    <>
      <NativeSelect
        label={say('period.label')}
        data={PERIODS.map(value => ({ value, label: say(`period.${value}`) }))}
        value={period.name}
        onChange={event => {
          const name = PERIODS.find(one => one === event.currentTarget.value)
          if (name !== undefined) onChoose({ ...period, name })
        }}
      />
      {(['from', 'to'] as const).map(end => (
        <TextInput
          key={end}
          type="date"
          label={say(`period.${end}`)}
          value={period[end]}
          onChange={event => {
            const { value } = event.currentTarget
            if (value !== '') onChoose({ ...period, name: 'custom', [end]: value })
          }}
        />
      ))}
    </>
  )
}
