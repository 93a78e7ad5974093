import { createRequire } from 'node:module'
import type jsonata from 'jsonata'
import type { Rejection } from './decoder.ts'

/**
 * JSONata with bounds: the only file that knows the library. Its 1.8 line is used because it evaluates at once; in the 2
 * line each evaluation is a promise, and a decoder is a pure function of a message.
 *
 * An expression can reach nothing but the message. Functions are an allow-list; regular expressions (whose time nobody
 * can bound), functions of one's own (which may call themselves) and the transform operator are refused when it is read.
 */
export type Expression = (input: unknown, topic: readonly string[]) => { value: unknown } | Rejection

/** Chosen: a hundred times what a message's fields need, and a stop of the event loop that nobody notices. */
const MAX_STEPS = 20_000
const MAX_DURATION_MS = 20
const MAX_DEPTH = 200
/** Characters or elements of any value on the way. */
const MAX_SIZE = 20_000
/** Steps of an expression when it is read; a schema bounds its length. */
const MAX_NODES = 500

const FUNCTIONS = new Set(
  (
    'abs average base64decode boolean ceil contains count exists floor formatBase join keys length lookup lowercase max ' +
    'min not number parseInteger power reverse round split sqrt string substring substringAfter substringBefore sum ' +
    'toMillis trim type uppercase'
  ).split(' '),
)

const NODE_TYPES = new Set(
  (
    'apply binary bind block condition descendant filter function index name number operator path sort string unary ' +
    'value variable wildcard'
  ).split(' '),
)

/** The library is loaded with the first expression: most stations have none, and a small box has 3 MB more. */
const require = createRequire(import.meta.url)

/** Reads an expression, or says what is wrong with it. */
export function compileExpression(source: string): { expression: Expression } | { problem: string } {
  const read = require('jsonata') as typeof jsonata
  let compiled: jsonata.Expression
  try {
    compiled = read(source)
  } catch (error) {
    return { problem: messageOf(error) }
  }
  const problem = problemOf(compiled.ast())
  if (problem !== undefined) return { problem }
  return { expression: (input, topic) => evaluate(compiled, input, topic) }
}

function evaluate(
  compiled: jsonata.Expression,
  input: unknown,
  topic: readonly string[],
): { value: unknown } | Rejection {
  let steps = 0
  let depth = 0
  const startedAtMs = performance.now()
  const bindings = {
    topic,
    __evaluate_entry: () => {
      steps += 1
      depth += 1
      const isLate = steps % 100 === 0 && performance.now() - startedAtMs > MAX_DURATION_MS
      if (steps > MAX_STEPS || depth > MAX_DEPTH || isLate) throw new BoundExceeded('takes too long')
    },
    __evaluate_exit: (...[, , , result]: unknown[]) => {
      depth -= 1
      const isLong = (typeof result === 'string' || Array.isArray(result)) && result.length > MAX_SIZE
      if (isLong) throw new BoundExceeded('grows too large')
    },
  }
  try {
    return { value: compiled.evaluate(input, bindings) as unknown }
  } catch (error) {
    const reason = error instanceof BoundExceeded ? 'too_large' : 'wrong_type'
    return {
      reason,
      detail: `its expression ${error instanceof BoundExceeded ? error.message : `fails: ${messageOf(error)}`}`,
    }
  }
}

class BoundExceeded extends Error {}

/** JSONata throws objects with a message, and errors. */
function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error
  return String(message).slice(0, 120)
}

interface Node {
  type?: unknown
  value?: unknown
  procedure?: Node
  lhs?: Node
}

/** What in an expression's tree is not allowed. */
function problemOf(root: unknown): string | undefined {
  const nodes = nodesOf(root)
  if (nodes === undefined) return 'it is too long'
  // Names of its own; those with two underscores would stand in place of the bounds.
  const own = new Set(nodes.flatMap(({ type, lhs }) => (type === 'bind' && isName(lhs?.value) ? [lhs.value] : [])))
  const isKnown = (name: unknown) =>
    name === '' || name === '$' || name === 'topic' || own.has(String(name)) || FUNCTIONS.has(String(name))
  for (const { type, value, procedure, lhs } of nodes) {
    if (typeof type !== 'string') continue
    if (!NODE_TYPES.has(type)) return `${type} is not allowed`
    // A range makes its list at once, before its size can be seen.
    if (type === 'binary' && value === '..') return 'a range is not allowed'
    if (type === 'bind' && !isName(lhs?.value)) return 'a variable of this name is not allowed'
    if (type === 'variable' && !isKnown(value)) return `$${String(value)} is not allowed`
    if (type === 'function' && !(procedure?.type === 'variable' && FUNCTIONS.has(String(procedure.value)))) {
      return `the function $${String(procedure?.value ?? '')} is not allowed`
    }
  }
  return undefined
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z]\w*$/.test(value) && !FUNCTIONS.has(value)
}

/** All objects of the tree; undefined when there are more than may be. */
function nodesOf(root: unknown): Node[] | undefined {
  const nodes: Node[] = []
  const open: unknown[] = [root]
  while (open.length > 0) {
    const node = open.pop()
    if (typeof node !== 'object' || node === null) continue
    if (nodes.length > MAX_NODES) return undefined
    if (!Array.isArray(node)) nodes.push(node)
    open.push(...Object.values(node))
  }
  return nodes
}
