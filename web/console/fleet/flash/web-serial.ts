/** Why a board can or cannot be flashed from this page: `insecure`: it did not come over https (or from this machine). */
export type SerialSupport = 'ready' | 'insecure' | 'no-serial'

/**
 * Whether this browser gives a page the serial ports (https://wicg.github.io/serial/: only to pages that came over https).
 *
 * @param page what is asked of the browser: whether the page is a secure context, and its navigator
 */
export function serialSupport(page: { isSecureContext: boolean; navigator: object }): SerialSupport {
  if (!page.isSecureContext) return 'insecure'
  return 'serial' in page.navigator ? 'ready' : 'no-serial'
}
