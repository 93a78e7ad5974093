import { parseExpression } from './expression.ts'
import { type Evaluate, NOT_SAID, TemplateError, isTrue } from './values.ts'

/*
 * The part of Jinja that devices use in Home Assistant's value templates: one `{{ expression }}`, or text and expressions
 * in `{% if %}`. Fields of `value_json`, comparisons, arithmetic, and the filters below; no loops, calls, assignments or
 * access to anything but the message. All else is refused when the template is read, not when it is used.
 */

/** A template, read. It throws a TemplateError where Home Assistant would say that the value cannot be worked out. */
export type Template = Evaluate

/** A template's characters at most; chosen: the longest that devices announce have some 300. */
const MAX_TEMPLATE_LENGTH = 1_000

/**
 * Reads a template.
 *
 * @throws TemplateError when it is not of the subset, saying what is not.
 */
export function parseTemplate(source: string): Template {
  if (source.length > MAX_TEMPLATE_LENGTH) throw new TemplateError(`a template of ${source.length} characters`)
  const parts = source.split(/(\{\{.*?\}\}|\{%.*?%\})/s).filter(part => part !== '')
  const body = parseBody(parts, 0)
  if (body.next !== parts.length) throw new TemplateError(`${parts[body.next] ?? ''} without its if`)
  return body.evaluate
}

/** Parts up to a block that ends this body; that block is for the caller. */
function parseBody(parts: readonly string[], start: number): { evaluate: Evaluate; next: number } {
  const pieces: Evaluate[] = []
  let at = start
  for (; at < parts.length;) {
    const part = parts[at] ?? ''
    if (/^\{[{%]/.test(part) && !/[%}]\}$/.test(part)) throw new TemplateError('a block without its end')
    if (part.startsWith('{{')) {
      pieces.push(parseExpression(part.replace(/^\{\{-?/, '').replace(/-?\}\}$/, '')))
      at += 1
    } else if (part.startsWith('{%')) {
      if (!/^if\b/.test(blockOf(part))) break
      const branch = parseIf(parts, at)
      pieces.push(branch.evaluate)
      at = branch.next
    } else {
      const text = part.trim()
      if (text !== '') pieces.push(() => text)
      at += 1
    }
  }
  // Text around an expression would make a number something else: only one piece may stand in a body.
  if (pieces.length > 1) throw new TemplateError('several values in a row')
  return { evaluate: pieces[0] ?? (() => undefined), next: at }
}

function blockOf(part: string): string {
  return part
    .replace(/^\{%-?/, '')
    .replace(/-?%\}$/, '')
    .trim()
}

function parseIf(parts: readonly string[], start: number): { evaluate: Evaluate; next: number } {
  const branches: { test: Evaluate; body: Evaluate }[] = []
  let at = start
  let otherwise: Evaluate = () => undefined
  for (;;) {
    const block = blockOf(parts[at] ?? '')
    if (block === 'endif') break
    const [, word, condition = ''] = /^(if|elif|else)\b(.*)$/s.exec(block) ?? []
    if (word === undefined) throw new TemplateError(`{% ${block.slice(0, 40)} %}`)
    const body = parseBody(parts, at + 1)
    if (word === 'else') otherwise = body.evaluate
    else branches.push({ test: parseExpression(condition), body: body.evaluate })
    at = body.next
    if (at >= parts.length) throw new TemplateError('an if without its endif')
  }
  const evaluate: Evaluate = message => {
    for (const { test, body } of branches) {
      const holds = test(message)
      if (holds === NOT_SAID) return NOT_SAID
      if (isTrue(holds)) return body(message)
    }
    return otherwise(message)
  }
  return { evaluate, next: at + 1 }
}
