import type { Say } from '../words/words.tsx'

/** Who did something, for people: a login, the system by itself, or a box. */
export function actorName(by: string, say: Say): string {
  return by === 'server' || by === 'box' ? say(`fleet.audit.${by}`) : by
}
