import { ROLES, type Role } from '@harbor/protocol'
import { marked, staffOnly } from './scope-records.ts'

/** A value that may differ from place to place. */
type At<Value> = Value | ((place: string) => Value)

/** How a route is called about a place. */
export interface Call {
  path: string
  body?: unknown
  bytes?: { type: string; data: Buffer | string }
}

/**
 * What a route's answers are held to:
 * `open`: anybody may call it; nothing that only staff may read is in its answer.
 * `own`: it is about the asker, or about no place at all; no place's records are in its answer.
 * `list`: exactly the records within the asker's scope are in its answer, and of no other place.
 * `record`: one place's record; to who may not see the place it is as if there were none.
 * `act`: the same for a change; and of what was refused nothing is changed.
 * `district`: a change for a whole district (places a1 and b1 stand for theirs), for those who govern it.
 */
export type Kind = 'open' | 'own' | 'list' | 'record' | 'act' | 'district'

export interface Row {
  kind: Kind
  /** As in the OpenAPI document: `get /api/v1/alerts/{id}`. */
  route: string
  who: 'anyone' | readonly Role[]
  call: (place: string) => Call
  more: More
}

export interface More {
  query?: At<string>
  body?: At<unknown>
  bytes?: At<{ type: string; data: Buffer | string }>
  /** The answer names nothing of the tests' places, or cannot be searched: it is only held to showing nothing foreign. */
  empty?: boolean
  /** Of a list: to people of other roles it shows only what is their own. */
  shownTo?: readonly Role[]
  /** Of an act: it tells in a good answer what is wrong, in other words for what is not the asker's than for what is not there. */
  says?: string
  /** Its answers are slow to make or cannot be searched: one role is asked in place of all. */
  oneRole?: boolean
  /** Of an act: it cannot be carried out in this fixture, for this reason; only refusals are held to. */
  refusedOnly?: string
}

type Params = Readonly<Record<string, At<string>>>

export const STAFF: readonly Role[] = ROLES
export const CREW: readonly Role[] = ['keeper', 'maintainer', 'manager', 'administrator']
export const QUIETEN: readonly Role[] = ['maintainer', 'manager', 'hardware', 'administrator']
export const GOVERN: readonly Role[] = ['manager', 'administrator']

/** Something that stands at a place and everybody may know of. */
export const at = (name: string) => (place: string) => marked(place, name)
/** A record of a place that only staff may know of. */
export const staffAt = (name: string) => (place: string) => staffOnly(place, name)

const row =
  (kind: Kind) =>
  (route: string, who: Row['who'], [params, more]: readonly [Params?, More?] = []): Row => ({
    kind,
    route,
    who,
    more: more ?? {},
    call: place => {
      const path = (route.split(' ')[1] ?? '').replaceAll(/\{(\w+)\}/g, (_, name: string) => {
        const value = params?.[name]
        if (value === undefined) throw new Error(`${route}: the row says nothing of {${name}}`)
        return encodeURIComponent(valueAt(value, place))
      })
      const { query, body, bytes } = more ?? {}
      return {
        path: query === undefined ? path : `${path}?${valueAt(query, place)}`,
        ...(body !== undefined && { body: valueAt(body, place) }),
        ...(bytes !== undefined && { bytes: valueAt(bytes, place) }),
      }
    },
  })

function valueAt<Value>(value: At<Value>, place: string): Value {
  return typeof value === 'function' ? (value as (place: string) => Value)(place) : value
}

/** One line a route: the route, what is asked for in it, and who it is for. */
export const open = (route: string, ...rest: [Params?, More?]): Row => row('open')(route, 'anyone', rest)
export const own = (route: string, who: readonly Role[], ...rest: [Params?, More?]): Row => row('own')(route, who, rest)
export const list = (route: string, who: readonly Role[], more?: More): Row =>
  row('list')(route, who, more === undefined ? [] : [{}, more])
export const record = (route: string, who: readonly Role[], ...rest: [Params?, More?]): Row =>
  row('record')(route, who, rest)
export const act = (route: string, who: readonly Role[], ...rest: [Params?, More?]): Row => row('act')(route, who, rest)
export const district = (route: string, who: readonly Role[], ...rest: [Params?, More?]): Row =>
  row('district')(route, who, rest)

/**
 * What tableRoutes (server/src/tables) makes of one table. A PDF's words are packed away in it and cannot be searched: it is made of the
 * very table that the CSV is made of, which is held to the scope word by word.
 */
export const files = (path: string, who: readonly Role[], more: More = {}): Row[] => [
  list(`get ${path}.csv`, who, more),
  list(`get ${path}.xlsx`, who, { ...more, oneRole: true }),
  list(`get ${path}.pdf`, who, { ...more, oneRole: true, empty: true }),
]
