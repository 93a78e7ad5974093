import type { RotaMember, Shift } from '@harbor/protocol'
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './rota.module.css'
import { useRotaAct } from './use-rota.ts'

interface AssignShiftProps {
  shift: Shift
  members: readonly RotaMember[]
  /** What shift it is, for screen readers. */
  name: string
}

/** Gives a shift to somebody of the rota, or to somebody else of it. */
export function AssignShift({ shift, members, name }: AssignShiftProps) {
  const { say } = useWords()
  const [person, setPerson] = useState('')
  const assign = useRotaAct(
    (api, to: string) => api.act(shift.id, { act: 'assign', person: to }),
    say('rota.done', { act: say('rota.act.assign') }),
  )
  const others = members.filter(member => member.person !== shift.person)
  if (others.length === 0) return null
  return (
    <div className={styles['ways']} data-form="assign">
      <NativeSelect
        aria-label={say('rota.assignTo', { shift: name })}
        name="assignee"
        data={[
          { value: '', label: say('rota.choosePerson') },
          ...others.map(({ person: value, name: label }) => ({ value, label })),
        ]}
        value={person}
        onChange={event => setPerson(event.currentTarget.value)}
      />
      <Button
        variant="default"
        data-act="assign"
        aria-disabled={assign.isPending || person === ''}
        onClick={() => person === '' || assign.isPending || assign.mutate(person)}
      >
        {say('rota.act.assign')}
      </Button>
      {assign.isError && (
        <p role="alert" className={styles['problem']}>
          {say('rota.failed', { reason: failureText(assign.error, say) })}
        </p>
      )}
    </div>
  )
}
