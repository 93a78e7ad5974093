/// <reference lib="webworker" />
import { keepPages } from '../shared/worker/keep-pages.ts'

/*
 * The screen's service worker: keeps the page itself, so that a screen whose power was cut comes back without a network. What it shows the
 * page keeps by itself, with its age.
 */

declare const self: ServiceWorkerGlobalScope
/** Every file of the build with its revision; vite.config.display.ts fills it in. */
declare const PRECACHE: { url: string; revision: string | null }[]

keepPages(self, PRECACHE, '/display/')
// A screen has no other window that still stands on the older files, and nobody to close one.
self.addEventListener('install', () => void self.skipWaiting())
