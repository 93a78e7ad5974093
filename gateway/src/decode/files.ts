import { readFile } from 'node:fs/promises'
import { type Mapping, SettingsError, errorText, issueText, mappingSchema } from '@harbor/protocol'
import { z } from 'zod'
import { mappingProblem } from '../decoders/mapping.ts'
import type { Knowledge } from './dialects.ts'

const configSchema = z.object({ mappings: z.array(mappingSchema).default([]) })

/**
 * The mappings of a config, which may be a gateway's whole.
 *
 * @throws SettingsError naming the file, when it cannot be read or used.
 */
export async function readMappings(path: string): Promise<readonly Mapping[]> {
  const text = (await readBytes(path)).toString('utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new SettingsError(`${path}: expected JSON: ${errorText(error)}`)
  }
  const read = configSchema.safeParse(json)
  if (!read.success) throw new SettingsError(`${path}: ${issueText(read.error)}`)
  const problem = mappingProblem(read.data.mappings)
  if (problem !== undefined) throw new SettingsError(`${path}: ${problem}`)
  return read.data.mappings
}

/** Announcements, one a line: the topic, a space, the payload. Lines without a space are left out. */
export async function readAnnouncements(path: string): Promise<Knowledge['announcements']> {
  const lines = (await readBytes(path)).toString('utf8').split('\n')
  return lines.flatMap(line => {
    const space = line.indexOf(' ')
    return space < 1 ? [] : [{ topic: line.slice(0, space), payload: Buffer.from(line.slice(space + 1)) }]
  })
}

/**
 * A file's bytes.
 *
 * @throws SettingsError when it cannot be read.
 */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new SettingsError(`${path}: ${errorText(error)}`)
  }
}
