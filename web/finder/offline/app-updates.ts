/** The page as an app on the phone: whether a newer version waits, and whether the browser would install it. */
export interface AppUpdates {
  getState: () => AppState
  subscribe: (listener: () => void) => () => void
  /** Takes the newer version and loads the page anew. */
  update: () => void
  install: () => void
  declineInstall: () => void
}

export interface AppState {
  isUpdateReady: boolean
  canInstall: boolean
}

/** Chromium's event, which no standard has yet. */
interface InstallEvent extends Event {
  prompt: () => Promise<unknown>
}

const WORKER_PATH = '/sw.js'
/** What the waiting service worker is told to take over. */
export const TAKE_OVER = 'harbor:take-over'
const DECLINED_KEY = 'harbor.installDeclined'
/** A page that stays open for days asks now and then whether there is a newer one. */
const CHECK_EVERY_MS = 6 * 3_600_000

/**
 * Keeps the page for a time without network, where the browser can (secure pages only), and tells of newer versions.
 * `calm` resolves when the page has what it needs first: keeping it all takes more bytes than showing it.
 */
export function startAppUpdates(calm: Promise<void>): AppUpdates {
  let state: AppState = { isUpdateReady: false, canInstall: false }
  let waiting: ServiceWorker | undefined
  let installEvent: InstallEvent | undefined
  const listeners = new Set<() => void>()
  const set = (change: Partial<AppState>) => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }

  const watch = (registration: ServiceWorkerRegistration) => {
    const note = (worker: ServiceWorker | null) => {
      // The first worker of a phone replaces nothing: there is nothing to update.
      if (worker === null || navigator.serviceWorker.controller === null) return
      waiting = worker
      set({ isUpdateReady: true })
    }
    note(registration.waiting)
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed') note(worker)
      })
    })
    setInterval(() => void registration.update().catch(() => undefined), CHECK_EVERY_MS)
  }

  if ('serviceWorker' in navigator) {
    // Without it (storage forbidden, an old web view) the page works as long as there is a network.
    void calm.then(() => navigator.serviceWorker.register(WORKER_PATH)).then(watch, () => undefined)
  }
  window.addEventListener('beforeinstallprompt', event => {
    event.preventDefault()
    installEvent = event as InstallEvent
    set({ canInstall: !wasDeclined() })
  })
  window.addEventListener('appinstalled', () => set({ canInstall: false }))

  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    update() {
      navigator.serviceWorker.addEventListener('controllerchange', () => window.location.reload(), { once: true })
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's own has none
      waiting?.postMessage(TAKE_OVER)
    },
    install() {
      set({ canInstall: false })
      void installEvent?.prompt()
    },
    declineInstall() {
      set({ canInstall: false })
      try {
        window.localStorage.setItem(DECLINED_KEY, '1')
      } catch {
        return // Storage is full or forbidden: it is offered again on the next visit.
      }
    },
  }
}

function wasDeclined(): boolean {
  try {
    return window.localStorage.getItem(DECLINED_KEY) !== null
  } catch {
    return false
  }
}
