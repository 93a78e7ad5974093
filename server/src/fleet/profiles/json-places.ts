/** Where something stands in a text; both from 1 on. */
export interface Place {
  line: number
  column: number
}

/** What a JSON text holds, and where. */
export type JsonReading =
  | { value: unknown; placeOf: (path: readonly PropertyKey[]) => Place }
  /** It is no JSON (RFC 8259), or names a member of an object twice. */
  | { problem: { path: string; reason: string } & Place }

/** Deeper than any profile: a text of brackets alone must not use up the stack. */
const MAX_DEPTH = 64

/** A JSON pointer (RFC 6901, 3). */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map(name => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/**
 * Reads JSON and keeps where each value begins, which `JSON.parse` does not tell. Takes what `JSON.parse` takes, but for names given
 * twice in one object: there it would quietly take the last.
 */
export function readJsonPlaces(text: string): JsonReading {
  const reader = new Reader(text)
  try {
    const value = reader.document()
    return { value, placeOf: path => placeAt(text, reader.startOf(path)) }
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    return { problem: { path: jsonPointer(error.path), reason: error.message, ...placeAt(text, error.at) } }
  }
}

function placeAt(text: string, at: number): Place {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  return { line, column: at - (before.lastIndexOf('\n') + 1) + 1 }
}

class JsonFault extends Error {
  readonly at: number
  readonly path: readonly PropertyKey[]

  constructor(message: string, { at, path }: { at: number; path: readonly PropertyKey[] }) {
    super(message)
    this.at = at
    this.path = path
  }
}

const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])

class Reader {
  readonly #text: string
  #at = 0
  readonly #path: (string | number)[] = []
  readonly #starts = new Map<string, number>()

  constructor(text: string) {
    this.#text = text
  }

  document(): unknown {
    const value = this.#value()
    this.#skip()
    if (this.#at < this.#text.length) throw this.#fault('expected the end of the text')
    return value
  }

  /** The place of a value, or of the nearest thing around it that is there. */
  startOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length > 0; length -= 1) {
      const start = this.#starts.get(jsonPointer(path.slice(0, length)))
      if (start !== undefined) return start
    }
    return this.#starts.get('') ?? 0
  }

  #fault(message: string, at = this.#at): JsonFault {
    return new JsonFault(message, { at, path: [...this.#path] })
  }

  #skip(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1
  }

  #value(): unknown {
    this.#skip()
    if (this.#path.length > MAX_DEPTH) throw this.#fault(`expected at most ${MAX_DEPTH} levels`)
    this.#starts.set(jsonPointer(this.#path), this.#at)
    const first = this.#text[this.#at]
    if (first === '{') return this.#object()
    if (first === '[') return this.#array()
    if (first === '"') return this.#string()
    const [word] = /^[a-z]+|^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.#text.slice(this.#at)) ?? ['']
    const isWord = WORDS.has(word)
    if (word === '' || (!isWord && /^[a-z]/.test(word))) throw this.#fault('expected a JSON value')
    this.#at += word.length
    return isWord ? WORDS.get(word) : Number(word)
  }

  #object(): Record<string, unknown> {
    const entries = new Map<string, unknown>()
    this.#list('}', () => {
      this.#skip()
      if (this.#text[this.#at] !== '"') throw this.#fault('expected a name in double quotes')
      const start = this.#at
      const name = this.#string()
      this.#path.push(name)
      if (entries.has(name)) throw this.#fault('is given twice', start)
      this.#skip()
      if (this.#text[this.#at] !== ':') throw this.#fault('expected : and a value')
      this.#at += 1
      entries.set(name, this.#value())
      this.#path.pop()
    })
    return Object.fromEntries(entries)
  }

  #array(): unknown[] {
    const items: unknown[] = []
    this.#list(']', () => {
      this.#path.push(items.length)
      items.push(this.#value())
      this.#path.pop()
    })
    return items
  }

  /** What stands between two brackets, with commas between. */
  #list(end: '}' | ']', readItem: () => void): void {
    this.#at += 1
    this.#skip()
    if (this.#text[this.#at] === end) {
      this.#at += 1
      return
    }
    for (;;) {
      readItem()
      this.#skip()
      const next = this.#text[this.#at]
      if (next !== ',' && next !== end) throw this.#fault(`expected , or ${end}`)
      this.#at += 1
      if (next === end) return
    }
  }

  #string(): string {
    const [raw] = /^"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/.exec(this.#text.slice(this.#at)) ?? []
    // RFC 8259, 7: control characters must be escaped.
    if (raw === undefined || [...raw].some(letter => letter < ' '))
      throw this.#fault('expected a string on one line, with its end')
    this.#at += raw.length
    return JSON.parse(raw) as string
  }
}
