import { escapeHtml } from './html.ts'

/** Addresses of one file: a file of them is about 1 MB. The format allows 50,000 (https://www.sitemaps.org/protocol.html). */
export const ADDRESSES_A_FILE = 10_000

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
const NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

/** Files that so many addresses need: at least one. */
export function sitemapFiles(addresses: number): number {
  return Math.max(1, Math.ceil(addresses / ADDRESSES_A_FILE))
}

/** The index of all files; they count from 1. */
export function sitemapIndex(origin: string, files: number): string {
  const entries = Array.from(
    { length: files },
    (_, index) => `<sitemap><loc>${escapeHtml(`${origin}/sitemap-${index + 1}.xml`)}</loc></sitemap>`,
  )
  return `${HEAD}<sitemapindex ${NAMESPACE}>${entries.join('')}</sitemapindex>\n`
}

/** One file; `paths` are at most ADDRESSES_A_FILE. */
export function sitemapFile(origin: string, paths: readonly string[]): string {
  const entries = paths.map(path => `<url><loc>${escapeHtml(origin + path)}</loc></url>`)
  return `${HEAD}<urlset ${NAMESPACE}>${entries.join('')}</urlset>\n`
}

/** What search engines may read: everything public but the pages that a printed code leads to. */
export function robots(origin: string): string {
  return `User-agent: *\nDisallow: /console/\nDisallow: /a/\nDisallow: /d/\nDisallow: /mine\n\nSitemap: ${origin}/sitemap.xml\n`
}
