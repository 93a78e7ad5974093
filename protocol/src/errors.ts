/**
 * The base of every error that this project throws on purpose.
 *
 * A `code` has one meaning and is never reused for another; callers branch on the code, never on the message. The
 * message says what was being done, what was got and what was expected; it never holds a secret's value.
 */
export class HarborError<Code extends string = string> extends Error {
  readonly code: Code
  /** Facts for the log: ids, limits, sizes. Never a secret. */
  readonly context: Readonly<Record<string, unknown>>

  constructor(code: Code, message: string, options: { cause?: unknown; context?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HarborError'
    this.code = code
    this.context = options.context ?? {}
  }
}

/** True when `error` is one of ours and carries `code`. */
export function hasCode(error: unknown, code: string): error is HarborError {
  return error instanceof HarborError && error.code === code
}

/** The text of anything thrown, for a log line or a one-line message. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
