import { type Fields, asFields, field } from '../payload.ts'

/** What an expression gives. `undefined` is Jinja's: a field that is not there. */
export type JinjaValue = unknown

/** The message that a template speaks of: its payload as text, and as JSON where it is that. */
export interface Message {
  text: string
  json: unknown
}

export type Evaluate = (message: Message) => JinjaValue

/** A template that does more than is understood here, or an expression that cannot be worked out. */
export class TemplateError extends Error {}

/** A default stands for a value that the message did not say, and what was not said is no reading. */
export const NOT_SAID = Symbol('not said')

export const TESTS = {
  defined: (value: JinjaValue) => value !== undefined && value !== NOT_SAID,
  undefined: (value: JinjaValue) => value === undefined || value === NOT_SAID,
  none: (value: JinjaValue) => value === null,
  number: (value: JinjaValue) => typeof value === 'number',
} as const

export function unlessNotSaid(value: JinjaValue, then: (value: JinjaValue) => JinjaValue): JinjaValue {
  return value === NOT_SAID ? NOT_SAID : then(value)
}

export function either(left: Evaluate, right: Evaluate): Evaluate {
  return message => unlessNotSaid(left(message), value => (isTrue(value) ? value : right(message)))
}

export function both(left: Evaluate, right: Evaluate): Evaluate {
  return message => unlessNotSaid(left(message), value => (isTrue(value) ? right(message) : value))
}

/** An own field of an object, or an element of a list; of anything else, nothing. */
export function member(of: Evaluate, name: string): Evaluate {
  return message => {
    const value = of(message)
    if (value === NOT_SAID) return NOT_SAID
    if (Array.isArray(value)) return /^\d{1,4}$/.test(name) ? (value[Number(name)] as unknown) : undefined
    const fields: Fields | undefined = asFields(value)
    return fields === undefined ? undefined : field(fields, name)
  }
}

export function compared(sign: string, left: Evaluate, right: Evaluate): Evaluate {
  return message => {
    const a = left(message)
    const b = right(message)
    if (a === NOT_SAID || b === NOT_SAID) return NOT_SAID
    // `value_json.x == 1` of a message without x would be false, which it does not say.
    if (a === undefined || b === undefined) return NOT_SAID
    if (sign === '==') return isEqual(a, b)
    if (sign === '!=') return !isEqual(a, b)
    if (typeof a !== 'number' || typeof b !== 'number') throw new TemplateError(`${sign} of what is no number`)
    if (sign === '<') return a < b
    if (sign === '>') return a > b
    return sign === '<=' ? a <= b : a >= b
  }
}

/** In Python true is 1, and text is never a number. */
function isEqual(a: JinjaValue, b: JinjaValue): boolean {
  if (typeof a === 'boolean' && typeof b === 'number') return Number(a) === b
  if (typeof a === 'number' && typeof b === 'boolean') return a === Number(b)
  return a === b
}

export function arithmetic(sign: string, left: Evaluate, right: Evaluate): Evaluate {
  return message => {
    const a = left(message)
    const b = right(message)
    if (a === NOT_SAID || b === NOT_SAID || a === undefined || b === undefined) return NOT_SAID
    if (typeof a !== 'number' || typeof b !== 'number') throw new TemplateError(`${sign} of what is no number`)
    switch (sign) {
      case '+':
        return a + b
      case '-':
        return a - b
      case '*':
        return a * b
      case '/':
        return a / b
      case '//':
        return Math.floor(a / b)
      default:
        return a - b * Math.floor(a / b)
    }
  }
}

export function filter(name: string, value: Evaluate, args: readonly Evaluate[]): Evaluate {
  const apply = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined
  if (apply === undefined) throw new TemplateError(`the filter ${name}`)
  return message => {
    const given = value(message)
    if (given === NOT_SAID) return NOT_SAID
    return apply(
      given,
      args.map(arg => arg(message)),
    )
  }
}

type Filter = (value: JinjaValue, args: readonly JinjaValue[]) => JinjaValue

const defaulted: Filter = value => (value === undefined ? NOT_SAID : value)

const FILTERS: Readonly<Record<string, Filter>> = {
  float: toNumber,
  int: (value, args) => unlessNotSaid(toNumber(value, args), number => Math.trunc(number as number)),
  round: (value, [places]) =>
    unlessNotSaid(toNumber(value, []), number => {
      const scale = 10 ** (typeof places === 'number' ? Math.max(0, Math.min(12, places)) : 0)
      return Math.round((number as number) * scale) / scale
    }),
  abs: value => unlessNotSaid(toNumber(value, []), number => Math.abs(number as number)),
  default: defaulted,
  d: defaulted,
  is_defined: defaulted,
  lower: value => textOf(value).toLowerCase(),
  upper: value => textOf(value).toUpperCase(),
  trim: value => textOf(value).trim(),
  string: textOf,
  bool: value => {
    if (value === undefined) return NOT_SAID
    const text = textOf(value).toLowerCase()
    if (['true', 'on', 'yes', '1', 'enable'].includes(text)) return true
    if (['false', 'off', 'no', '0', 'disable'].includes(text)) return false
    throw new TemplateError(`bool of ${JSON.stringify(text.slice(0, 40))}`)
  },
}

/** With a default for what is no number, such a value was not said; without, it is an error, as in Home Assistant. */
function toNumber(value: JinjaValue, args: readonly JinjaValue[]): JinjaValue {
  if (value === undefined) return NOT_SAID
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'boolean') return number ? 1 : 0
  if (typeof number === 'number' && !Number.isNaN(number)) return number
  if (args.length > 0) return NOT_SAID
  throw new TemplateError(`a number from ${JSON.stringify(value ?? null).slice(0, 40)}`)
}

/** As Python writes it, for comparisons such as `value_json.on | string == 'True'`. */
function textOf(value: JinjaValue): string {
  if (typeof value === 'string') return value
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'number') return String(value)
  throw new TemplateError('text from what is none')
}

/** Python's truth: nothing, zero and the empty are false. */
export function isTrue(value: JinjaValue): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== ''
}
