import { describe, expect, it } from 'vitest'
import { serialSupport } from './web-serial.ts'

describe('flashing from the browser', () => {
  it.each([
    [{ isSecureContext: true, navigator: { serial: {} } }, 'ready'],
    // A browser hides the ports from such a page: the cause is told, not that they are not there.
    [{ isSecureContext: false, navigator: {} }, 'insecure'],
    [{ isSecureContext: true, navigator: {} }, 'no-serial'],
  ] as const)('%o is %s', (page, support) => expect(serialSupport(page)).toBe(support))
})
