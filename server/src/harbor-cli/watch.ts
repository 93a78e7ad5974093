import type { CommandTools } from './command.ts'
import { CommandError, EXIT, type ExitCode } from './exit-codes.ts'

/** How often is looked, in ms. */
const EVERY_MS = 2_000

/** Something that changes until it is over. */
export interface Watched<View> {
  timeoutMs: number
  look: () => Promise<View>
  /** What of it is told, when that is another than before. */
  say: (view: View) => object
  /** How to end; undefined: go on. */
  isOver: (view: View) => ExitCode | undefined
}

/** Prints a line of JSON for each change. A server that is away for a while is waited for. */
export async function watch<View>(
  tools: CommandTools,
  { timeoutMs, look, say, isOver }: Watched<View>,
): Promise<ExitCode> {
  const untilMs = tools.nowMs() + timeoutMs
  let told = ''
  for (;;) {
    const view = await looked(look)
    if (view !== undefined) {
      const line = JSON.stringify(say(view))
      if (line !== told) tools.print(line)
      told = line
      const end = isOver(view)
      if (end !== undefined) return end
    }
    if (tools.nowMs() + EVERY_MS > untilMs) return EXIT.notReached
    await tools.wait(EVERY_MS)
  }
}

async function looked<View>(look: () => Promise<View>): Promise<View | undefined> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === EXIT.unavailable) return undefined
    throw error
  }
}
