import { type NewRolloutInput, isId } from '@harbor/protocol'
import { readTwinFilters } from '../gateways/twin-filters.ts'

/** How a stage is told: so many, a share, a district or street, or a tag. */
export const STAGE_KINDS = ['count', 'percent', 'regions', 'tags'] as const
export type StageKind = (typeof STAGE_KINDS)[number]

/** A stage as it is typed: its value is a number, or codes or tags with commas between. */
export interface StageDraft {
  by: StageKind
  value: string
}

/** A rollout that is being written. */
export interface RolloutDraft {
  name: string
  kind: 'profile' | 'software'
  /** Of a profile, or of a software version. */
  target: string
  region: string
  tags: string
  /** Only gateways that have it. */
  ofProfile: string
  gateways: string
  stages: StageDraft[]
  steadyMinutes: string
  settleMinutes: string
  offlineHours: string
  maxFailures: string
  mayLose: boolean
}

export const DRAFT_PROBLEMS = ['name', 'target', 'region', 'tags', 'gateways', 'stages', 'times', 'failures'] as const
export type DraftProblem = (typeof DRAFT_PROBLEMS)[number]

/** What a new rollout begins with: the usual stages, and the gateways that an address tells. */
export function newDraft(query: URLSearchParams): RolloutDraft {
  const { region, tag, profile } = readTwinFilters(query)
  return {
    name: '',
    kind: 'profile',
    target: '',
    region: region ?? '',
    tags: tag ?? '',
    ofProfile: profile ?? '',
    gateways: query.get('gateways') ?? '',
    stages: [
      { by: 'count', value: '1' },
      { by: 'percent', value: '10' },
      { by: 'percent', value: '100' },
    ],
    steadyMinutes: '10',
    settleMinutes: '30',
    offlineHours: '24',
    maxFailures: '0',
    mayLose: false,
  }
}

const MINUTE_MS = 60_000

/** The draft as the server takes it; or what is wrong with it. A preview needs no name. */
export function readDraft(
  draft: RolloutDraft,
): { rollout: NewRolloutInput; problems: [] } | { rollout?: undefined; problems: DraftProblem[] } {
  const tags = wordsOf(draft.tags)
  const gateways = wordsOf(draft.gateways)
  const stages = draft.stages.map(stageOf)
  const times = [draft.steadyMinutes, draft.settleMinutes, draft.offlineHours].map(Number)
  const maxFailures = Number(draft.maxFailures)
  const isFailures = /^\d{1,5}$/.test(draft.maxFailures.trim())
  const wrong: Readonly<Record<DraftProblem, boolean>> = {
    name: draft.name.trim() === '',
    target: draft.target === '',
    region: draft.region !== '' && !/^[1-9]\d{5}(\d{3})?$/.test(draft.region),
    tags: !tags.every(isId),
    gateways: !gateways.every(isId),
    stages: stages.length === 0 || stages.some(stage => stage === undefined),
    times: !times.every(time => Number.isFinite(time) && time >= 0) || times[1] === 0 || times[2] === 0,
    failures: !isFailures,
  }
  const problems = DRAFT_PROBLEMS.filter(problem => wrong[problem])
  if (problems.length > 0) return { problems }
  const [steady = 0, settle = 0, offline = 0] = times
  return {
    problems: [],
    rollout: {
      name: draft.name.trim(),
      target:
        draft.kind === 'profile'
          ? { kind: 'profile', profile: draft.target }
          : { kind: 'software', version: draft.target },
      selection: {
        ...(draft.region !== '' && { regions: [draft.region] }),
        ...(tags.length > 0 && { tags }),
        ...(draft.ofProfile !== '' && { profile: draft.ofProfile }),
        ...(gateways.length > 0 && { gateways }),
      },
      stages: stages.filter(stage => stage !== undefined),
      health: {
        steadyMs: Math.round(steady * MINUTE_MS),
        settleMs: Math.round(settle * MINUTE_MS),
        offlineMs: Math.round(offline * 60 * MINUTE_MS),
      },
      maxFailures,
      mayLose: draft.mayLose,
    },
  }
}

type Stage = NonNullable<NewRolloutInput['stages']>[number]

function stageOf({ by, value }: StageDraft): Stage | undefined {
  const number = Number(value)
  const words = wordsOf(value)
  switch (by) {
    case 'count':
      return Number.isInteger(number) && number >= 1 ? { by, count: number } : undefined
    case 'percent':
      return value.trim() !== '' && number > 0 && number <= 100 ? { by, percent: number } : undefined
    case 'regions':
      return words.length > 0 && words.every(word => /^[1-9]\d{5}(\d{3})?$/.test(word))
        ? { by, regions: words }
        : undefined
    case 'tags':
      return words.length > 0 && words.every(isId) ? { by, tags: words } : undefined
  }
}

function wordsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,，;；、]+/).filter(word => word !== ''))]
}
