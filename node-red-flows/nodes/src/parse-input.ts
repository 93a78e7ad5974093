import { issueText } from '@harbor/protocol'
import { z } from 'zod'
import { NodeError } from './errors.ts'

/** @throws NodeError NODE_INPUT_INVALID naming each wrong property. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new NodeError('NODE_INPUT_INVALID', issueText(parsed.error))
}

/** A field of a dialog: empty means not set there, so that the message may say it. */
export function field<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(value => (value === '' || value === null ? undefined : value), schema.optional())
}

/** A field with several values: a list, or a text with commas between. Empty: none. */
export function listField<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(
    value =>
      typeof value === 'string'
        ? value
            .split(',')
            .map(part => part.trim())
            .filter(part => part !== '')
        : (value ?? []),
    z.array(schema).max(500),
  )
}
