import { NativeSelect } from '@mantine/core'
import { useSearchParams } from 'react-router'
import type { VersionPair } from '../api/fleet-profiles-api.ts'
import { useWords } from '../words/words.tsx'
import styles from './fleet.module.css'

/** Two versions by the page's address; at first the newest and the one before it. Undefined where there is only one. */
export function useVersionPair(versions: readonly number[] | undefined): VersionPair | undefined {
  const [query] = useSearchParams()
  const [newest, before] = versions ?? []
  if (newest === undefined || before === undefined) return undefined
  const asked = (name: string) => versions?.find(version => String(version) === query.get(name))
  return { from: asked('from') ?? before, to: asked('to') ?? newest }
}

/** Which two versions are held against each other. */
export function VersionPairChoice({ versions, pair }: { versions: readonly number[]; pair: VersionPair }) {
  const { say } = useWords()
  const [, setQuery] = useSearchParams()
  const choose = (name: keyof VersionPair, value: string) =>
    setQuery(
      query => {
        const next = new URLSearchParams(query)
        next.set(name, value)
        return next
      },
      { replace: true, preventScrollReset: true },
    )
  const data = versions.map(version => ({ value: String(version), label: say('fleet.version', { version }) }))
  return (
    <div className={styles['fields']}>
      {(['from', 'to'] as const).map(name => (
        <NativeSelect
          key={name}
          name={name}
          label={say(name === 'from' ? 'fleet.change.from' : 'fleet.change.to')}
          data={data}
          value={String(pair[name])}
          onChange={event => choose(name, event.currentTarget.value)}
        />
      ))}
    </div>
  )
}
