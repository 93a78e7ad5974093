/**
 * Ways to write somebody's text into a format so that it stays one value of it. Each is proven by reading it back: with a YAML parser, a
 * shell, a URL parser. What a format cannot say at all is for the builders to refuse.
 */

/** A double-quoted scalar that YAML 1.1 and 1.2 read alike: everything that either of them takes for more than a letter is escaped. */
export function yamlText(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    letter => `\\U${(letter.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
  )
}

/** One word of a POSIX shell (IEEE Std 1003.1, 2.2.2): in single quotes nothing has a meaning but the quote itself. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A value of a URL's query (RFC 3986, 2.1), with what `encodeURIComponent` leaves and shells do not. */
export function queryValue(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** A string literal of C (C11, 6.4.5) for printable ASCII; a question mark is escaped for the sake of trigraphs. */
export function cText(text: string): string {
  return `"${text.replaceAll(/["\\?]/g, letter => `\\${letter}`)}"`
}

/** Whether a text has a letter that ends lines, or that nobody sees. */
export function hasUnseen(text: string): boolean {
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)
}
