import type { Request, Response } from 'express'

/** A body that was written and compressed once, for everybody. */
export interface PackedBody {
  /** What the content is known by, without quotes; the same content has the same one on every server. */
  version: string
  /** Default `application/json`. */
  type?: string
  br: Uint8Array
  gzip: Uint8Array
  plain: () => Promise<Uint8Array>
}

/** Sends it as the asker can read it, or 304 when it has it. Each encoding has its own strong ETag (RFC 9110 8.8.3.3). */
export async function sendPacked(request: Request, response: Response, packed: PackedBody): Promise<void> {
  const accepted = request.acceptsEncodings('br', 'gzip', 'identity')
  const encoding = accepted === 'br' || accepted === 'gzip' ? accepted : 'identity'
  const tag = `"${packed.version}${encoding === 'identity' ? '' : `-${encoding}`}"`
  response.vary('Accept-Encoding')
  response.setHeader('ETag', tag)
  if (hasTag(request.headers['if-none-match'], tag)) {
    response.status(304).end()
    return
  }
  response.type(packed.type ?? 'application/json')
  // Also keeps the router from compressing it once more.
  response.setHeader('Content-Encoding', encoding)
  const bytes = encoding === 'identity' ? await packed.plain() : packed[encoding]
  response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

/**
 * Express takes `Cache-Control: no-cache` of a request for "send it anyway"; browsers add that to every fetch whose page
 * set If-None-Match itself (Fetch standard, 4.6), so it is compared here (RFC 9110 13.1.2).
 */
function hasTag(header: string | undefined, tag: string): boolean {
  const tags = header?.split(',').map(text => text.trim().replace(/^W\//, '')) ?? []
  return tags.includes(tag) || tags.includes('*')
}
