import { HarborError } from '@harbor/protocol'

/** What `harbor` ends with, for scripts; docs/fleet-command.md has the same list. */
export const EXIT = {
  /** It was done. */
  done: 0,
  /** The server refused it, or what was asked for is not there: what is wrong is on standard error. */
  refused: 1,
  /** The command line is wrong, or a file that it names. */
  usage: 2,
  /** Nobody is signed in, or this person may not. */
  notLetIn: 3,
  /** It would lose something and was not confirmed: what, and how to confirm it, is on standard error. */
  unconfirmed: 4,
  /** The server cannot be reached, or cannot answer now: try again later. */
  unavailable: 5,
  /** What was watched ended otherwise, or not in time. */
  notReached: 6,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Ends the command with a code and one JSON object on standard error, as the API's own errors are. */
export class CommandError extends HarborError {
  readonly exitCode: ExitCode
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(
    exitCode: ExitCode,
    message: string,
    options: { code?: string; details?: Readonly<Record<string, unknown>> | undefined; cause?: unknown } = {},
  ) {
    super(options.code ?? CODES[exitCode], message, { cause: options.cause })
    this.name = 'CommandError'
    this.exitCode = exitCode
    this.details = options.details
  }
}

/** Where the server has not said one itself. */
const CODES: Readonly<Record<ExitCode, string>> = {
  0: 'done',
  1: 'refused',
  2: 'usage',
  3: 'not_signed_in',
  4: 'confirmation_required',
  5: 'unavailable',
  6: 'not_reached',
}

/** A wrong command line. */
export function usageError(message: string, cause?: unknown): CommandError {
  return new CommandError(EXIT.usage, message, { cause })
}
