import { readFile, stat } from 'node:fs/promises'
import { type Html, escapeHtml } from './html.ts'

/** What of the finder's page is written anew for one address. */
export interface IndexChanges {
  /** Of the `lang` attribute. */
  lang: string
  title: string
  description: string
  /** Put at the end of the head. */
  tags: Html
  /** Put into the body for whoever has no JavaScript. */
  withoutScript: Html
}

/** The built finder's page, read again when it was built anew. */
export interface FinderIndex {
  /** Undefined: it is not built. */
  read: () => Promise<string | undefined>
}

export function createFinderIndex(file: string): FinderIndex {
  let known: { mtimeMs: number; text: string } | undefined
  return {
    read: async () => {
      try {
        const { mtimeMs } = await stat(file)
        if (known?.mtimeMs !== mtimeMs) known = { mtimeMs, text: await readFile(file, 'utf8') }
        return known.text
      } catch {
        return undefined // Not built yet, or being built anew: the static pages say what to do.
      }
    },
  }
}

/**
 * The finder's page with another head. What it does not find in the page it leaves out, so that a page built by another
 * version still works, with a plainer preview.
 */
export function withHead(page: string, { lang, title, description, tags, withoutScript }: IndexChanges): string {
  // Functions in the place of texts: a `$&` in a station's name is no instruction.
  return page
    .replace(/<html lang="[^"]*"/, () => `<html lang="${escapeHtml(lang)}"`)
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(title)}</title>`)
    .replace(
      /<meta\s+name="description"[^>]*>/,
      () => `<meta name="description" content="${escapeHtml(description)}" />`,
    )
    .replace('</head>', () => `${tags.html}</head>`)
    .replace('<noscript>', () => `<noscript>${withoutScript.html}`)
}
