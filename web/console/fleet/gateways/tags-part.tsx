import { MAX_TAGS, isId } from '@harbor/protocol'
import { Button, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { Part } from '../../shell/part.tsx'
import { useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { useFleetAct } from '../use-fleet.ts'

/** Words by which gateways are grouped, for lists and rollouts. */
export function TagsPart({ gateway, tags }: { gateway: string; tags: readonly string[] }) {
  const { say } = useWords()
  const [tag, setTag] = useState('')
  const set = useFleetAct((api, next: string[]) => api.twin.setTags(gateway, next))
  const isWrong = tag !== '' && !isId(tag)
  const add = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!isId(tag) || tags.includes(tag) || tags.length >= MAX_TAGS || set.isPending) return
    set.mutate([...tags, tag], { onSuccess: () => setTag('') })
  }
  return (
    <Part name="tags" title={say('fleet.tags')}>
      <p className={styles['line']}>
        {tags.length === 0 && <span className="quiet">{say('fleet.noTags')}</span>}
        {tags.map(one => (
          <Button
            key={one}
            variant="default"
            data-tag={one}
            aria-label={say('profile.removeNamed', { name: one })}
            onClick={() => set.isPending || set.mutate(tags.filter(other => other !== one))}
          >
            #{one} ✕
          </Button>
        ))}
      </p>
      <form className={styles['fields']} noValidate onSubmit={add} data-form="tag">
        <TextInput
          name="tag"
          label={say('fleet.newTag')}
          maxLength={40}
          value={tag}
          error={isWrong && say('profile.idHint')}
          onChange={event => setTag(event.currentTarget.value.trim().toLowerCase())}
        />
        <Button type="submit" variant="default" aria-disabled={set.isPending}>
          {say('fleet.addTag')}
        </Button>
      </form>
      {set.isError && <p role="alert">{say('order.failed', { reason: fleetFailureText(set.error, say) })}</p>}
    </Part>
  )
}
