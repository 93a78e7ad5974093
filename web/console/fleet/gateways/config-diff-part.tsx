import { Failure } from '../../shell/failure.tsx'
import { Part } from '../../shell/part.tsx'
import { useWords } from '../../words/words.tsx'
import { ConfigChanges } from '../config-changes.tsx'
import { useFleet } from '../use-fleet.ts'
import { VersionPairChoice, useVersionPair } from '../version-pair.tsx'

/** What is another between any two configs that the gateway was given. */
export function ConfigDiffPart({ gateway, versions }: { gateway: string; versions: readonly number[] }) {
  const { say } = useWords()
  const pair = useVersionPair(versions)
  const diff = useFleet({
    key: ['config-diff', gateway, pair],
    ask: (api, signal) => api.profiles.configDiff(gateway, pair ?? { from: 1, to: 1 }, signal),
    isWanted: pair !== undefined,
    keepBefore: true,
  })
  if (pair === undefined) return null
  return (
    <Part name="diff" title={say('fleet.change.title')}>
      <VersionPairChoice versions={versions} pair={pair} />
      {diff.isError && <Failure error={diff.error} retry={() => void diff.refetch()} />}
      {diff.data !== undefined && <ConfigChanges changes={diff.data.changes} label={say('fleet.change.title')} />}
    </Part>
  )
}
