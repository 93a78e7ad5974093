import { HarborError } from '@harbor/protocol'

/** The registry's own errors. */
export type RegistryErrorCode =
  | 'REGISTRY_UNUSABLE' // the file cannot be opened or migrated; the operator must act
  | 'REGISTRY_AWAY' // the database does not answer now; try again
  | 'REGISTRY_NEWER' // written by a newer release; the operator must upgrade
  | 'FLEET_INVALID' // a fleet document with errors, each named in the message
  | 'FLEET_MISSING' // the document cannot be read
  | 'SECRET_MISSING' // a secret's file cannot be read
  | 'CA_INVALID' // the certificates that boxes are to be given cannot be read

export class RegistryError extends HarborError<RegistryErrorCode> {
  constructor(code: RegistryErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(code, message, options)
    this.name = 'RegistryError'
  }
}

export type BackupErrorCode =
  | 'BACKUP_INVALID' // broken off or damaged; another backup is needed
  | 'BACKUP_NEWER' // of a newer release; the operator must use that
  | 'BACKUP_TARGET' // what would be written over, or not named; the operator must name another place
  | 'BACKUP_SERVER_RUNS' // the server holds what is to be copied; the operator must stop it

export class BackupError extends HarborError<BackupErrorCode> {
  constructor(code: BackupErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(code, message, options)
    this.name = 'BackupError'
  }
}

export type CalendarErrorCode = 'CALENDAR_INVALID' // a calendar's file cannot be read or says what cannot be; the operator must act

export class CalendarError extends HarborError<CalendarErrorCode> {
  constructor(code: CalendarErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(code, message, options)
    this.name = 'CalendarError'
  }
}

/** Every code of the HTTP API and the status it travels with: the one table of this edge. */
export const API_STATUS = {
  invalid_request: 400, // a parameter or body is wrong; the message names the field
  not_signed_in: 401, // no session, or one that has ended
  wrong_credentials: 401, // this login and password do not belong together
  wrong_code: 401, // not the code that the server printed, or that the second factor takes
  forbidden: 403, // signed in, but not for this
  origin_refused: 403, // a page of another site asked for a change
  not_found: 404, // no such thing, or not within the person's districts
  method_not_allowed: 405,
  token_unknown: 404, // no claim token like this was ever made
  token_used: 409, // another box has it, or the same one long ago
  token_expired: 410,
  token_revoked: 410, // whoever made it has taken it back
  confirmation_required: 409, // it would lose something: `details` says what, and how to say that this is meant
  conflict: 409, // somebody was faster, or it is already so
  too_large: 413,
  not_json: 415,
  wrong_media_type: 415, // bytes of a kind that is not taken here
  too_many_requests: 429,
  internal: 500, // ours; the log has the cause
  unavailable: 503, // a store is away; try again
  no_room: 507, // what may be kept of this is used up; the operator must act
} as const

export type ApiErrorCode = keyof typeof API_STATUS

/** An error that a person or program is meant to read: becomes `{error:{code,message}}` with the code's status. */
export class ApiProblem extends HarborError<ApiErrorCode> {
  /** Seconds after which another try makes sense; sent as Retry-After (RFC 9110 10.2.3). */
  readonly retryAfterS: number | undefined
  /** What a program needs to act on it, as the route's contract says; sent with it. */
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(
    code: ApiErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterS?: number; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(code, message, options)
    this.name = 'ApiProblem'
    this.retryAfterS = options.retryAfterS
    this.details = options.details
  }
}
