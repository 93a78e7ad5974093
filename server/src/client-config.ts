import type { ClientConfig } from '@harbor/protocol'
import type { ServerSettings } from './config.ts'

/** What of the settings a page needs to know before it draws anything. */
export function clientConfigOf(
  { demo, timeZone, tileUrl, tileCrs, tileAttribution }: ServerSettings,
  needsFirstAdministrator: boolean,
): ClientConfig {
  return {
    demo: demo !== undefined,
    timeZone,
    ...(tileUrl !== undefined && { tileUrl }),
    tileCrs,
    ...(tileAttribution !== undefined && { tileAttribution }),
    needsFirstAdministrator,
  }
}
