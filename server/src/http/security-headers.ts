import type { RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * The strict headers of every answer: script and style come from us alone and never inline; pictures also from the tile
 * server if one is set.
 *
 * @param tileUrl a template such as `https://tiles.example/{z}/{x}/{y}.png`
 */
export function securityHeaders(tileUrl: string | undefined): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", 'data:', ...(tileUrl === undefined ? [] : [tileOrigin(tileUrl)])],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
      },
    },
    // Other services below the same domain decide about https for themselves.
    strictTransportSecurity: { includeSubDomains: false },
    crossOriginEmbedderPolicy: false, // tiles of other servers do not carry what it asks for
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' }, // tile servers ask to see where maps are shown
  })
}

/** `https://{s}.tiles.example/{z}…` as `https://*.tiles.example`. */
export function tileOrigin(tileUrl: string): string {
  const [, scheme = '', host = ''] = /^(https?):\/\/([^/]+)/.exec(tileUrl) ?? []
  return `${scheme}://${host.replace(/^\{\w+\}\./, '*.')}`
}
