import { timingSafeEqual } from 'node:crypto'
import type { Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { sha256Hex } from '../registry/fleet-import.ts'
import type { NewPerson, People } from './people.ts'

/** Without 0, O, 1 and I, which people mistake for each other. 32 letters: 8 of them are 40 bits. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** How a system that nobody can sign in to gets its first person. */
export interface FirstAdministrator {
  /** The code to print, `XXXX-XXXX`, while it is needed. It is in memory alone: a new start makes a new one. */
  code: () => string | undefined
  /** Whether the system still waits for its first administrator. */
  isNeeded: () => boolean
  /** @throws ApiProblem `wrong_code`, or `conflict` when there is somebody already. */
  claim: (code: string, person: Omit<NewPerson, 'role' | 'districts'>) => Promise<Person>
}

/** Looks whether anybody is there; if not, makes a code from `randomBytes`. */
export async function openFirstAdministrator(
  people: People,
  randomBytes: (size: number) => Buffer,
): Promise<FirstAdministrator> {
  let code = (await people.isEmpty()) ? makeCode(randomBytes(8)) : undefined
  return {
    code: () => code,
    isNeeded: () => code !== undefined,
    claim: async (given, person) => {
      if (code === undefined) throw new ApiProblem('conflict', 'there is an administrator already; sign in')
      if (!isSame(given.trim().toUpperCase(), code))
        throw new ApiProblem('wrong_code', 'code: not the one printed at start')
      const claimed = code
      // Taken before the slow hash below: of two claims at once only the first may go on.
      code = undefined
      try {
        return await people.add({ ...person, role: 'administrator', districts: [] })
      } catch (error) {
        code = claimed
        throw error
      }
    },
  }
}

function makeCode(bytes: Buffer): string {
  const letters = [...bytes].map(byte => ALPHABET[byte % ALPHABET.length]).join('')
  return `${letters.slice(0, 4)}-${letters.slice(4)}`
}

/** Compares in a time that does not tell how much is right. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)))
}
