import { errorText } from '@harbor/protocol'
import type { Route } from '../http/route.ts'
import type { ManagementDeps } from '../open-management.ts'
import { createPhotoStore } from '../photos/photo-store.ts'
import { createStockPhotos } from './stock-photos.ts'
import { stockPhotoRoutes } from './stock-photos.routes.ts'
import { createStock } from './stock.ts'
import { stockRoutes } from './stock.routes.ts'
import { warnOfExpiry } from './stock-warnings.ts'

/** How often it is looked what expires: dates change once a day, and a server may be off for hours. */
const LOOK_EVERY_MS = 10 * 60_000

/** What stations keep, as the server runs it. */
export function openStock(
  { timeZone, ...kept }: { timeZone: string; photosDir: string; photosQuotaBytes: number },
  { db, directory, tell, onEvent, nowMs, newId, log }: ManagementDeps,
): { routes: Route[]; start: () => Promise<void>; stop: () => Promise<void> } {
  const stock = createStock({ db, directory, timeZone, nowMs, newId })
  const photos = createPhotoStore({ folder: kept.photosDir, quotaBytes: kept.photosQuotaBytes })
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  const run = () => {
    running ??= warnOfExpiry({ db, tell, timeZone, onEvent, nowMs, log })
      .catch((error: unknown) => log.warn({ reason: errorText(error) }, 'looking for what expires failed'))
      .finally(() => {
        running = undefined
      })
  }
  return {
    routes: [...stockRoutes(stock, { timeZone, nowMs }), ...stockPhotoRoutes(createStockPhotos({ db, photos }))],
    start: async () => {
      await photos.start()
      timer = setInterval(run, LOOK_EVERY_MS)
      run()
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      await running
    },
  }
}
