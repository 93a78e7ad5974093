import type { RolloutTarget } from '@harbor/protocol'
import { useWords } from '../../words/words.tsx'

/** What a rollout brings, in words. */
export function useTargetText(): (target: RolloutTarget) => string {
  const { say } = useWords()
  return target => {
    switch (target.kind) {
      case 'profile':
        return target.version === undefined
          ? target.profile
          : `${target.profile} · ${say('fleet.version', { version: target.version })}`
      case 'software':
        return say('rollout.softwareVersion', { version: target.version })
      case 'overrides':
        return say('rollout.overrides')
    }
  }
}
