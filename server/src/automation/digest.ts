/**
 * How much one person or channel is told, and what waits. A window begins with the first message after the last one's end. Beyond the limit within it, and while quiet hours last,
 * messages wait and go out as one. Times in ms since 1970.
 */
export interface DigestWindow {
  endMs: number
  /** Told within it, a digest being one. */
  sent: number
  /** What waits. */
  pending: number
  /** When what waits is told; undefined: nothing waits. */
  dueMs: number | undefined
}

export interface DigestLimits {
  /** Messages of one window that are told at once, at least 1. */
  most: number
  windowMs: number
}

/** Chosen: whoever gets five messages within ten minutes reads the sixth no more; a list at the end they do. */
export const DIGEST_LIMITS: DigestLimits = { most: 5, windowMs: 10 * 60_000 }

export interface DigestMessage {
  atMs: number
  /** Told at once, whatever the limit and the hour. */
  isUrgent: boolean
  /** The end of quiet hours; `atMs` or earlier: there are none now. */
  notBeforeMs: number
}

/** Takes a message: it is told now (`isNow`), or waits. */
export function take(
  before: DigestWindow | undefined,
  { atMs, isUrgent, notBeforeMs }: DigestMessage,
  limits: DigestLimits,
): { window: DigestWindow; isNow: boolean } {
  const window = openAt(before, atMs, limits)
  const isQuiet = notBeforeMs > atMs
  // What waits already goes first: the rest follows it.
  const isNow = isUrgent || (!isQuiet && window.sent < limits.most && window.pending === 0)
  if (isNow) return { window: { ...window, sent: window.sent + 1 }, isNow }
  const isOverLimit = window.sent >= limits.most
  const dueMs = Math.max(window.dueMs ?? 0, notBeforeMs, isOverLimit ? window.endMs : atMs)
  return { window: { ...window, pending: window.pending + 1, dueMs }, isNow }
}

/**
 * What waits and is due, told as one; undefined: nothing is. It begins a window and counts as one message of it. Quiet hours that began since it was taken
 * (`notBeforeMs`, as of a message) put it off to their end: then `count` is 0.
 */
export function flush(
  window: DigestWindow,
  { atMs, notBeforeMs }: Pick<DigestMessage, 'atMs' | 'notBeforeMs'>,
  limits: DigestLimits,
): { window: DigestWindow; count: number } | undefined {
  if (window.dueMs === undefined || window.dueMs > atMs) return undefined
  if (notBeforeMs > atMs) return { window: { ...window, dueMs: notBeforeMs }, count: 0 }
  return { window: { endMs: atMs + limits.windowMs, sent: 1, pending: 0, dueMs: undefined }, count: window.pending }
}

function openAt(before: DigestWindow | undefined, atMs: number, { windowMs }: DigestLimits): DigestWindow {
  if (before === undefined) return { endMs: atMs + windowMs, sent: 0, pending: 0, dueMs: undefined }
  // A clock that was set back must not keep a window open for hours.
  const isOver = atMs >= before.endMs || before.endMs > atMs + windowMs
  return isOver ? { ...before, endMs: atMs + windowMs, sent: 0 } : before
}
