import { RequestError } from '../api/request-error.ts'
import { failureText } from '../shell/failure.tsx'
import type { Say } from '../words/words.tsx'

/** Why an act on the fleet failed. A conflict here is no race of two people alone: the server says what stands against it. */
export function fleetFailureText(error: unknown, say: Say): string {
  const isConflict = error instanceof RequestError && error.code === 'API_CONFLICT'
  return isConflict ? say('failure.refused', { message: error.message }) : failureText(error, say)
}
