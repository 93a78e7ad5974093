import { TWIN_PROBLEMS, TWIN_STATES, type TwinProblem, type TwinState } from '@harbor/protocol'

/** What the list of gateways shows. Kept in the page's address, so that a link or "back" shows the same. */
export interface TwinFilters {
  region?: string | undefined
  state?: TwinState | undefined
  problem?: TwinProblem | undefined
  profile?: string | undefined
  software?: string | undefined
  tag?: string | undefined
  text?: string | undefined
}

const MAX_TEXT = 80

/** The filters that an address asks for; what it says wrongly is passed over. */
export function readTwinFilters(query: URLSearchParams): TwinFilters {
  const named = (name: string, shape: RegExp) => {
    const value = query.get(name)
    return value !== null && shape.test(value) ? value : undefined
  }
  return {
    region: named('region', /^[1-9]\d{5}(\d{3})?$/),
    state: TWIN_STATES.find(state => state === query.get('state')),
    problem: TWIN_PROBLEMS.find(problem => problem === query.get('problem')),
    profile: named('profile', /^[a-z0-9-]{1,40}$/),
    software: named('software', /^.{1,64}$/),
    tag: named('tag', /^[a-z0-9-]{1,40}$/),
    text: query.get('text')?.slice(0, MAX_TEXT) || undefined,
  }
}

/** The filters as the API, and the page's address, take them: what is not asked is left out. */
export function writeTwinFilters(filters: TwinFilters): URLSearchParams {
  const asked = Object.entries(filters).filter((entry): entry is [string, string] => (entry[1] ?? '').trim() !== '')
  return new URLSearchParams(asked)
}
