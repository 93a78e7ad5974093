import { join } from 'node:path'
import { idSchema, regionCodeSchema, voicesReportSchema } from '@harbor/protocol'
import { z } from 'zod'
import { readCalendar } from '../calendar/read-calendar.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { tableRoutes } from '../tables/table-routes.ts'
import { voicePlacesTable, voiceWeeksTable } from './voice-tables.ts'
import { readVoices } from './voices.ts'

const query = z.object({ region: regionCodeSchema.optional(), station: idSchema.optional() })

/** What visitors say, added up: themes, weeks, places. @throws CalendarError when a calendar's file is wrong. */
export async function openVoices(
  { dataDir, timeZone }: { dataDir: string; timeZone: string },
  { db, nowMs }: { db: RegistryDb; nowMs: () => number },
): Promise<{ routes: Route[] }> {
  const calendar = await readCalendar(join(dataDir, 'calendar'))
  const deps = { db, calendar, timeZone, nowMs }
  return {
    routes: [
      defineRoute({
        method: 'get',
        path: '/api/v1/voices',
        summary:
          'What visitors of your districts said in 26 weeks, by theme, week and place, and how soon they were answered.',
        allow: 'staff',
        query,
        response: voicesReportSchema,
        handle: async ({ query: asked, caller }) => ({
          body: await readVoices(deps, signedIn(caller), asked),
          cacheControl: 'private, no-cache',
        }),
      }),
      ...tableRoutes(
        {
          path: '/api/v1/voices/places',
          summary: 'Reports by station.',
          allow: 'staff',
          query,
          table: async (person, asked) => voicePlacesTable(await readVoices(deps, person, asked)),
        },
        deps,
      ),
      ...tableRoutes(
        {
          path: '/api/v1/voices/weeks',
          summary: 'Reports and ratings by week.',
          allow: 'staff',
          query,
          table: async (person, asked) => voiceWeeksTable(await readVoices(deps, person, asked)),
        },
        deps,
      ),
    ],
  }
}
