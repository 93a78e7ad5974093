import type { Request } from 'express'

/** A host with an optional port, as browsers send it: nothing else gets into an address that we write. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

/**
 * Scheme and host under which this page was asked for: what is set, else what the request says (behind a proxy on this
 * machine, what that says). A request with a host that is none gets addresses without one.
 */
export function publicOrigin(request: Request, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl
  // Express types the host as always there; a client of HTTP/1.0 sends none.
  const host = (request.host as string | undefined) ?? ''
  return HOST.test(host) ? `${request.protocol}://${host}` : ''
}
