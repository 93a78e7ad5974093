import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { replaceFile, syncFolder } from '../config/atomic-file.ts'

const fileSchema = z.object({ month: z.string().regex(/^\d{4}-\d{2}$/), key: z.string().regex(/^[0-9a-f]{64}$/) })

/** The key of one month. */
export interface MonthKey {
  /** Of the station's calendar, as 2026-11. */
  month: string
  key: Buffer
}

/**
 * Where a month's key is kept. It is made here, is told to nobody, and with its month it goes: from then on no one can say which
 * card a pseudonym was.
 */
export interface CardKeyFile {
  /** Undefined: there is none that can be used. */
  read: () => Promise<MonthKey | undefined>
  write: (key: MonthKey) => Promise<void>
  remove: () => Promise<void>
}

export function cardKeyFile(folder: string): CardKeyFile {
  const file = join(folder, 'card-key.json')
  return {
    read: async () => {
      try {
        const { month, key } = fileSchema.parse(JSON.parse(await readFile(file, 'utf8')))
        return { month, key: Buffer.from(key, 'hex') }
      } catch {
        return undefined // missing or damaged: a new one is made, and cards of this month are new to it
      }
    },
    write: ({ month, key }) => replaceFile(file, `${JSON.stringify({ month, key: key.toString('hex') })}\n`),
    remove: async () => {
      await rm(file, { force: true })
      await syncFolder(folder)
    },
  }
}

/** The month of a moment in a zone's calendar, as 2026-11. */
export function monthIn(atMs: number, timeZone: string): string {
  const { year, month } = Temporal.Instant.fromEpochMilliseconds(Math.floor(atMs)).toZonedDateTimeISO(timeZone)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`
}
