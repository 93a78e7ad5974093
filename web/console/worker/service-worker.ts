/// <reference lib="webworker" />
import { takePush } from '../tell/push-events.ts'
import { keepPages } from '../../shared/worker/keep-pages.ts'

/*
 * The console's service worker: keeps the pages themselves on the phone, so that they open without a network, and shows what comes by push. What the server tells
 * is not its business: the pages keep that themselves, with its age.
 */

declare const self: ServiceWorkerGlobalScope
/** Every file of the build with its revision; vite.config.console.ts fills it in. */
declare const PRECACHE: { url: string; revision: string | null }[]

keepPages(self, PRECACHE, '/console/')
takePush(self)
