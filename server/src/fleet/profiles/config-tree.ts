import type { ConfigChange } from '@harbor/protocol'
import { jsonPointer } from './json-places.ts'

/** By which member the things of a list are told apart, the first that all of them have. */
const IDENTITIES = ['key', 'id', 'topic', 'kid'] as const

type Branch = ReadonlyMap<string, unknown>

/**
 * A value as a tree: what stands under each name. A list of things that have an identity is read by that, so that their order says
 * nothing; another list of things by number. Undefined: it is one value, which a list without things is, too.
 */
function branchOf(value: unknown): Branch | undefined {
  if (Array.isArray(value)) {
    if (value.length === 0 || !value.every(isThing)) return undefined
    const identity = IDENTITIES.find(name => hasIdentity(value, name))
    return new Map(value.map((item, index) => [identity === undefined ? String(index) : String(item[identity]), item]))
  }
  if (!isThing(value)) return undefined
  const present = Object.entries(value).filter(([, member]) => member !== undefined)
  return present.length === 0 ? undefined : new Map(present)
}

function isThing(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasIdentity(items: readonly Readonly<Record<string, unknown>>[], name: string): boolean {
  const values = items.map(item => item[name])
  return values.every(value => typeof value === 'string') && new Set(values).size === items.length
}

/** Each value of a document by its path, in the order of the paths. */
export function leavesOf(document: unknown): { path: readonly string[]; value: unknown }[] {
  const branch = branchOf(document)
  if (branch === undefined) return [{ path: [], value: document }]
  return sortedNames(branch).flatMap(name =>
    leavesOf(branch.get(name)).map(({ path, value }) => ({ path: [name, ...path], value })),
  )
}

/**
 * What is not the same in two documents, in the order of the paths: a thing that only one of them has is one change. Empty where they
 * say the same.
 */
export function diffOf(before: unknown, after: unknown): ConfigChange[] {
  return changesAt([], before, after)
}

function changesAt(path: readonly string[], before: unknown, after: unknown): ConfigChange[] {
  const old = branchOf(before)
  const young = branchOf(after)
  if (old === undefined || young === undefined || Array.isArray(before) !== Array.isArray(after))
    return isSame(before, after) ? [] : [{ path: jsonPointer(path), change: 'changed', before, after }]
  return sortedNames(new Map([...old, ...young])).flatMap((name): ConfigChange[] => {
    const inner = [...path, name]
    if (!young.has(name)) return [{ path: jsonPointer(inner), change: 'removed', before: old.get(name) }]
    if (!old.has(name)) return [{ path: jsonPointer(inner), change: 'added', after: young.get(name) }]
    return changesAt(inner, old.get(name), young.get(name))
  })
}

/** By code point: the order is the same in every language and on every machine. */
function sortedNames(branch: Branch): string[] {
  return [...branch.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Values without things in them: text, numbers, lists of those, and what is empty. */
function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after)
}
