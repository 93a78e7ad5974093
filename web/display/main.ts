import { type Display, displaySchema } from '@harbor/protocol'
import { z } from 'zod'
import './display.css'
import { draw } from './draw.ts'
import { EN, ZH } from './texts.ts'

/** How often it asks. */
const ASK_EVERY_MS = 20_000
/** How long one language stands: long enough to read a notice of some lines aloud. */
const LANGUAGE_MS = 15_000
const ANSWER_WITHIN_MS = 10_000

const keptSchema = z.object({ heardAtMs: z.number(), display: displaySchema })
type Kept = z.infer<typeof keptSchema>

const station = decodeURIComponent(/^\/display\/([^/]+)/.exec(window.location.pathname)?.[1] ?? '')
const key = new URLSearchParams(window.location.search).get('key') ?? ''
const root = document.getElementById('display')
const keptName = `harbor-display-${station}`
let kept = readKept()
let isRefused = false
let isChinese = true

function readKept(): Kept | undefined {
  try {
    const parsed = keptSchema.safeParse(JSON.parse(window.localStorage.getItem(keptName) ?? 'null'))
    return parsed.success ? parsed.data : undefined
  } catch {
    // A browser that keeps nothing, or something else of this name: it asks anew.
    return undefined
  }
}

function keep(display: Display): void {
  kept = { display, heardAtMs: Date.now() }
  try {
    window.localStorage.setItem(keptName, JSON.stringify(kept))
  } catch (error) {
    console.info('this browser keeps nothing for a time without network', error)
  }
}

async function ask(): Promise<void> {
  try {
    const path = `/api/v1/displays/${encodeURIComponent(station)}?${new URLSearchParams({ key })}`
    const response = await fetch(path, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    isRefused = response.status === 404
    if (isRefused) {
      // An address that no longer holds shows nothing, not even what it once showed.
      kept = undefined
      window.localStorage.removeItem(keptName)
    }
    const parsed = response.ok ? displaySchema.safeParse(await response.json()) : undefined
    if (parsed?.success === true) keep(parsed.data)
  } catch (error) {
    console.info('no answer; what is known stays, with its age', error)
  }
  show()
}

function show(): void {
  const texts = isChinese ? ZH : EN
  document.documentElement.lang = texts.locale
  if (root === null) return
  if (kept === undefined) {
    const problem = document.createElement('p')
    problem.className = 'problem'
    problem.textContent = isRefused ? texts.wrongAddress : texts.noNetwork
    root.replaceChildren(problem)
    return
  }
  root.replaceChildren(...draw({ ...kept, nowMs: Date.now(), texts }))
}

/** Keeps the page for a start without network, where the browser can: secure addresses only. */
function keepPage(): void {
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker.register('/display/sw.js', { scope: '/display/' }).catch((error: unknown) => {
    console.info('this browser keeps no page for a time without network', error)
  })
}

if (kept !== undefined) show()
window.addEventListener('load', keepPage, { once: true })
void ask()
window.setInterval(() => void ask(), ASK_EVERY_MS)
window.setInterval(() => {
  isChinese = !isChinese
  show()
}, LANGUAGE_MS)
