/** Which sessions outlive their connections, by account; the account is what stands before the `/` of a client id. */
export interface SessionList {
  /** Filters were stored for a session. Returns the sessions of its account that are to go, so that no more than the limit stay. */
  stored: (session: string, filters: readonly string[]) => string[]
  /** Filters were deleted; all of them when none are named. */
  deleted: (session: string, filters?: readonly string[]) => void
  size: () => number
}

/** `isConnected`: a session in use is not one that has to go. */
export function createSessionList(limitPerAccount: number, isConnected: (session: string) => boolean): SessionList {
  /** Account -> session -> filters; the sessions of an account in the order in which they were made. */
  const accounts = new Map<string, Map<string, Set<string>>>()
  let size = 0

  return {
    stored: (session, filters) => {
      if (filters.length === 0) return []
      const account = accountOf(session)
      const sessions = accounts.get(account) ?? new Map<string, Set<string>>()
      const known = sessions.get(session)
      if (known === undefined) size += 1
      accounts.set(account, sessions.set(session, new Set([...(known ?? []), ...filters])))
      const away = [...sessions.keys()].filter(id => id !== session && !isConnected(id))
      return away.slice(0, Math.max(0, sessions.size - limitPerAccount))
    },
    deleted: (session, filters) => {
      const account = accountOf(session)
      const sessions = accounts.get(account)
      const known = sessions?.get(session)
      if (sessions === undefined || known === undefined) return
      for (const filter of filters ?? [...known]) known.delete(filter)
      if (known.size > 0) return
      sessions.delete(session)
      size -= 1
      if (sessions.size === 0) accounts.delete(account)
    },
    size: () => size,
  }
}

function accountOf(session: string): string {
  return session.split('/', 1)[0] ?? ''
}
