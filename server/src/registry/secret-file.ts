import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorText } from '@harbor/protocol'
import { RegistryError } from '../errors.ts'

/**
 * A secret's text, without the line end.
 *
 * @param makes the command that makes it, for the message
 * @throws RegistryError `SECRET_MISSING` when the file cannot be read or is empty; the text itself is in no message.
 */
export async function readSecret(secretsDir: string, name: string, makes = 'npm start'): Promise<string> {
  const file = join(secretsDir, name)
  let text: string
  try {
    text = (await readFile(file, 'utf8')).trim()
  } catch (cause) {
    throw new RegistryError('SECRET_MISSING', `secret ${file}: ${errorText(cause)}; ${makes} makes it`, { cause })
  }
  if (text === '')
    throw new RegistryError('SECRET_MISSING', `secret ${file}: is empty; remove it, ${makes} makes it anew`)
  return text
}
