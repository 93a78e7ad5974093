import type { RegistryDb } from '../src/registry/open-registry.ts'

/** As after the code of a letter came back: from now on mail goes to these addresses. */
export async function confirmMail(
  db: RegistryDb,
  people: readonly { login: string; address: string }[],
  nowMs: number,
): Promise<void> {
  const rows = people.map(one => ({
    ...one,
    code_sha256: null,
    expires_at_ms: null,
    tries: 0,
    letters: 1,
    letters_since_ms: nowMs,
    last_letter_ms: nowMs,
    confirmed_at_ms: nowMs,
  }))
  for (let from = 0; from < rows.length; from += 500)
    await db
      .insertInto('tell_mail')
      .values(rows.slice(from, from + 500))
      .execute()
}
