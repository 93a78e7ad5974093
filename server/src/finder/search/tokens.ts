/** A piece of what somebody typed: Chinese with what stands between its characters, or Latin letters and digits. */
export interface Token {
  text: string
  isChinese: boolean
}

/** What is looked at of a question: nobody types more on a phone. */
const MAX_TOKENS = 6

/** What was typed, in pieces that all have to be found: in lower case, full-width letters as usual ones, marks dropped. */
export function tokensOf(question: string): Token[] {
  const text = question
    .normalize('NFKC')
    .toLowerCase()
    // As pinyin is written with marks (ǚ), with an apostrophe (xi'an), and as the index has it (nv).
    .normalize('NFD')
    .replaceAll('u\u0308', 'v')
    .replaceAll(/[\u0300-\u036f'’]/g, '')
    .normalize('NFC')
  const pieces = text.match(/\d*\p{Script=Han}[\p{Script=Han}\d]*|[a-z0-9]+/gu) ?? []
  return pieces.slice(0, MAX_TOKENS).map(piece => ({ text: piece, isChinese: /\p{Script=Han}/u.test(piece) }))
}
