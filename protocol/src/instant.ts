import { z } from 'zod'

/** An instant in the HTTP API: ISO 8601 in UTC with milliseconds. */
export const instantSchema = z.iso.datetime().meta({ example: '2026-07-30T04:00:00.000Z' })
