import { CONFIG_ORIGINS, type ConfigOrigin } from '@harbor/protocol'
import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { Failure } from '../../shell/failure.tsx'
import { Part } from '../../shell/part.tsx'
import { Age } from '../../time/age.tsx'
import { useWords } from '../../words/words.tsx'
import { actorName } from '../actor-name.ts'
import styles from '../fleet.module.css'
import { useFleet } from '../use-fleet.ts'
import { OriginsTable } from './origins-table.tsx'

/** The final document, value by value, with where each comes from. */
export function ExplainedPart({ gateway, versions }: { gateway: string; versions: readonly number[] }) {
  const { say } = useWords()
  const [chosen, setChosen] = useState<number>()
  const [origin, setOrigin] = useState<ConfigOrigin>()
  const version = chosen ?? versions[0]
  const explained = useFleet({
    key: ['explained', gateway, version],
    ask: (api, signal) => api.profiles.explained(gateway, version, signal),
    isWanted: version !== undefined,
    keepBefore: true,
  })
  const { source, issuedAt, issuedBy, origins } = explained.data ?? {}
  const shown = origins?.filter(({ from }) => origin === undefined || from === origin)
  if (version === undefined) return null
  return (
    <Part name="explained" title={say('fleet.explained.title')}>
      <div className={styles['fields']}>
        <NativeSelect
          name="version"
          label={say('fleet.versions')}
          data={versions.map(one => ({ value: String(one), label: say('fleet.version', { version: one }) }))}
          value={String(version)}
          onChange={event => setChosen(Number(event.currentTarget.value))}
        />
        <NativeSelect
          name="origin"
          label={say('fleet.explained.from')}
          data={[
            { value: '', label: say('fleet.explained.every') },
            ...CONFIG_ORIGINS.map(value => ({ value, label: say(`fleet.origin.${value}`) })),
          ]}
          value={origin ?? ''}
          onChange={event => {
            const { value } = event.currentTarget
            setOrigin(CONFIG_ORIGINS.find(one => one === value))
          }}
        />
      </div>
      {explained.isError && <Failure error={explained.error} retry={() => void explained.refetch()} />}
      {issuedAt !== undefined && (
        <p className="quiet">
          {source === undefined
            ? say('fleet.explained.byHand')
            : say('fleet.explained.ofProfile', { profile: source.profile, version: source.version })}{' '}
          · {actorName(issuedBy ?? '', say)} · <Age at={issuedAt} />
        </p>
      )}
      {shown !== undefined && <OriginsTable origins={shown} label={say('fleet.explained.title')} />}
    </Part>
  )
}
