import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'

/** A line that InfluxDB refuses for good, and why. */
export interface RefusedLine {
  line: string
  reason: string
  /** What InfluxDB said. */
  detail: string
}

/** Where refused lines are kept for a person to look at, on disk and bounded. */
export interface Quarantine {
  /** Never rejects: a full disk must not keep the lines behind a bad one from being stored. */
  keep: (refused: RefusedLine) => Promise<void>
  /** Bytes that both files have. */
  sizeBytes: () => number
}

/** Longer lines are cut: a line of ours has some hundred bytes. */
const MAX_LINE_CHARS = 4_000

/**
 * Two files: when `file` is full it becomes `file.1`, in place of the one before, so that the newest half at least is there.
 *
 * @param settings.maxBytes of both together.
 */
export function createQuarantine(
  { file, maxBytes }: { file: string; maxBytes: number },
  { clock, log }: { clock: () => number; log: Logger },
): Quarantine {
  let sizes: { now: number; before: number } | undefined
  let last: Promise<void> = Promise.resolve()

  async function append({ line, reason, detail }: RefusedLine): Promise<void> {
    const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ').slice(0, MAX_LINE_CHARS)
    const text = `# ${new Date(clock()).toISOString()} ${reason}: ${oneLine(detail)}\n${oneLine(line)}\n`
    const bytes = Buffer.byteLength(text)
    try {
      await mkdir(dirname(file), { recursive: true })
      sizes ??= { now: await sizeOf(file), before: await sizeOf(`${file}.1`) }
      if (sizes.now > 0 && sizes.now + bytes > maxBytes / 2) {
        await rename(file, `${file}.1`)
        sizes = { now: 0, before: sizes.now }
      }
      await appendFile(file, text, { mode: 0o600 })
      sizes.now += bytes
    } catch (error) {
      log.error({ file, reason: errorText(error), line: oneLine(line) }, 'a refused line cannot be kept')
    }
  }

  return {
    keep(refused) {
      last = last.then(() => append(refused))
      return last
    },
    sizeBytes: () => (sizes === undefined ? 0 : sizes.now + sizes.before),
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch {
    return 0 // There is none yet.
  }
}
