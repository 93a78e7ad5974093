import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a request that changes something comes from our own pages, or from no page at all. Browsers send Sec-Fetch-Site
 * (Fetch Metadata) or, older ones, Origin with every such request (Fetch standard, 3.2); a program that is no browser sends
 * neither and has no cookie that a stranger's page could make use of.
 */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin, host } = headers
  if (origin === undefined) return true
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host
}
