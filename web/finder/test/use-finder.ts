import { deepStrictEqual } from 'node:assert/strict'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type FinderServer, buildFinder, startFinderServer } from './finder-server.ts'
import { type Phone, launchChromium, openPhone } from './phone.ts'

/** The built finder in a real browser, with a server of its own for every test. */
export interface FinderUnderTest {
  server: () => FinderServer
  browser: () => Browser
  /** Opens a page on a phone of its own; what the page does wrong by itself fails the test. */
  open: (path?: string, options?: BrowserContextOptions) => Promise<Page>
}

/** Sets the finder up around the tests of a file. */
export function useFinder(): FinderUnderTest {
  let built: Awaited<ReturnType<typeof buildFinder>> | undefined
  let browser: Browser | undefined
  let server: FinderServer | undefined
  let phones: Phone[] = []
  const there = <T>(part: T | undefined): T => {
    if (part === undefined) throw new RangeError('useFinder: asked for before the test began')
    return part
  }

  beforeAll(async () => {
    ;[built, browser] = await Promise.all([buildFinder(), launchChromium()])
  })
  afterAll(async () => {
    await browser?.close()
    await built?.remove()
  })
  beforeEach(async () => {
    server = await startFinderServer(there(built).folder)
  })
  afterEach(async () => {
    const problems = phones.flatMap(phone => phone.problems)
    await Promise.all(phones.map(phone => phone.close()))
    phones = []
    await server?.stop()
    deepStrictEqual(problems, [])
  })
  return {
    server: () => there(server),
    browser: () => there(browser),
    async open(path = '/', options = {}) {
      const phone = await openPhone(there(browser), options)
      phones.push(phone)
      await phone.page.goto(there(server).url + path)
      return phone.page
    },
  }
}
