import {
  type Evaluate,
  type JinjaValue,
  NOT_SAID,
  TESTS,
  TemplateError,
  arithmetic,
  both,
  compared,
  either,
  filter,
  isTrue,
  member,
  unlessNotSaid,
} from './values.ts'

/** Nested parentheses, conditions and signs at most: it bounds the stack. */
const MAX_DEPTH = 30

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(==|!=|<=|>=|\/\/|[-+*/%<>()[\].,|]))/y

interface Token {
  kind: 'number' | 'string' | 'word' | 'sign'
  text: string
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  const text = source.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (match === null) throw new TemplateError(`${JSON.stringify(text.slice(from, from + 20))} in an expression`)
    const [, number, string, word, sign] = match
    if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.slice(1, -1).replaceAll(/\\(.)/g, '$1') })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else tokens.push({ kind: 'sign', text: sign ?? '' })
  }
  return tokens
}

/**
 * Reads an expression: recursive descent, loosest first: `a if b else c`, or, and, not, comparison, sum, product, sign, filters.
 *
 * @throws TemplateError when it holds anything else.
 */
export function parseExpression(source: string): Evaluate {
  const tokens = tokensOf(source)
  let at = 0
  let depth = 0

  const peek = (): Token | undefined => tokens[at]
  const isNext = (...texts: string[]): boolean => {
    const token = peek()
    return token !== undefined && token.kind !== 'string' && texts.includes(token.text)
  }
  const take = (...texts: string[]): string | undefined => (isNext(...texts) ? tokens[at++]?.text : undefined)
  const expect = (text: string) => {
    if (take(text) === undefined) throw new TemplateError(`${peek()?.text ?? 'the end'} where ${text} belongs`)
  }
  const nested = <T>(read: () => T): T => {
    depth += 1
    if (depth > MAX_DEPTH) throw new TemplateError('an expression nested too deep')
    const result = read()
    depth -= 1
    return result
  }

  const ternary = (): Evaluate =>
    nested(() => {
      const yes = or()
      if (take('if') === undefined) return yes
      const test = or()
      const no: Evaluate = take('else') === undefined ? () => undefined : ternary()
      return message => {
        const holds = test(message)
        return holds === NOT_SAID ? NOT_SAID : isTrue(holds) ? yes(message) : no(message)
      }
    })
  const or = (): Evaluate => {
    let left = and()
    while (take('or') !== undefined) left = either(left, and())
    return left
  }
  const and = (): Evaluate => {
    let left = not()
    while (take('and') !== undefined) left = both(left, not())
    return left
  }
  const not = (): Evaluate => {
    if (take('not') === undefined) return comparison()
    const negated = nested(not)
    return message => unlessNotSaid(negated(message), value => !isTrue(value))
  }
  const comparison = (): Evaluate => {
    let left = sum()
    for (;;) {
      const sign = take('==', '!=', '<', '>', '<=', '>=', 'is')
      if (sign === undefined) return left
      left = sign === 'is' ? test(left) : compared(sign, left, sum())
    }
  }
  const test = (value: Evaluate): Evaluate => {
    const negative = take('not') !== undefined
    const name = take('defined', 'undefined', 'none', 'number')
    if (name === undefined) throw new TemplateError(`the test ${peek()?.text ?? ''}`)
    return message => TESTS[name as keyof typeof TESTS](value(message)) !== negative
  }
  const sum = (): Evaluate => {
    let left = product()
    for (let sign = take('+', '-'); sign !== undefined; sign = take('+', '-')) left = arithmetic(sign, left, product())
    return left
  }
  const product = (): Evaluate => {
    let left = signed()
    for (let sign = take('*', '/', '//', '%'); sign !== undefined; sign = take('*', '/', '//', '%')) {
      left = arithmetic(sign, left, signed())
    }
    return left
  }
  const signed = (): Evaluate => {
    if (take('-') !== undefined) return arithmetic('-', () => 0, nested(signed))
    return filtered()
  }
  const filtered = (): Evaluate => {
    let value = postfix()
    while (take('|') !== undefined) {
      const name = tokens[at++]?.text ?? ''
      value = filter(name, value, take('(') === undefined ? [] : args())
    }
    return value
  }
  const args = (): Evaluate[] => {
    const list: Evaluate[] = []
    if (take(')') !== undefined) return list
    do {
      // Jinja's named arguments: `default(value=0)` is not read, `float(default=0)` neither.
      list.push(ternary())
    } while (take(',') !== undefined)
    expect(')')
    return list
  }
  const postfix = (): Evaluate => {
    let value = primary()
    for (;;) {
      if (take('.') !== undefined) {
        const name = tokens[at++]
        // Jinja reads `a.0` as an index, too.
        if (name === undefined || (name.kind !== 'word' && name.kind !== 'number')) throw new TemplateError('a dot')
        if (isNext('(')) throw new TemplateError(`the call ${name.text}()`)
        value = member(value, name.text)
      } else if (take('[') !== undefined) {
        const token = tokens[at++]
        if (token === undefined || (token.kind !== 'string' && token.kind !== 'number'))
          throw new TemplateError('an index')
        expect(']')
        value = member(value, token.text)
      } else return value
    }
  }
  const primary = (): Evaluate => {
    if (take('(') !== undefined) {
      const inner = ternary()
      expect(')')
      return inner
    }
    const token = tokens[at++]
    if (token === undefined) throw new TemplateError('an expression that ends early')
    if (token.kind === 'number') return constant(Number(token.text))
    if (token.kind === 'string') return constant(token.text)
    const { text } = token
    if (Object.hasOwn(CONSTANTS, text)) return constant(CONSTANTS[text])
    if (text === 'value') return message => message.text
    if (text === 'value_json') return message => message.json
    if ((text === 'float' || text === 'int' || text === 'bool') && take('(') !== undefined) {
      const [value, ...rest] = args()
      if (value !== undefined) return filter(text, value, rest)
    }
    throw new TemplateError(`${JSON.stringify(text)}, which is not known here`)
  }

  const whole = ternary()
  if (at < tokens.length) throw new TemplateError(`${JSON.stringify(peek()?.text)} after an expression`)
  return whole
}

const CONSTANTS: Readonly<Record<string, JinjaValue>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
}

const constant =
  (value: JinjaValue): Evaluate =>
  () =>
    value
