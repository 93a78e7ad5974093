import { type ParseArgsConfig, parseArgs } from 'node:util'
import { errorText } from '@harbor/protocol'
import type { Api } from './api-client.ts'
import { type ExitCode, usageError } from './exit-codes.ts'

/** An option of a command: whether it has a value, and what it is for. */
export interface OptionSpec {
  type: 'string' | 'boolean'
  about: string
}

/** What a command does its work with. */
export interface CommandTools {
  api: Api
  /** @throws CommandError `usage` when there is no such file. */
  readFile: (path: string) => Promise<string>
  /** The same, of a file that is no text. */
  readBytes: (path: string) => Promise<Uint8Array<ArrayBuffer>>
  /**
   * Writes a file that its owner alone may read: what is downloaded here has tokens in it.
   *
   * @throws CommandError `usage` when it cannot be written
   */
  writeFile: (path: string, bytes: Uint8Array) => Promise<void>
  /** One line on standard output. */
  print: (line: string) => void
  nowMs: () => number
  wait: (ms: number) => Promise<void>
}

/** The words and options that a command was given. */
export interface Given {
  /** The words after the command's name, by the names in `takes`. */
  words: Readonly<Record<string, string>>
  text: (option: string) => string | undefined
  /** @throws CommandError `usage` when it was not given. */
  needed: (option: string) => string
  isSet: (option: string) => boolean
}

/** One command. */
export interface Command {
  /** As `fleet profiles list`. */
  name: string
  /** Names of the words that follow; each is needed. */
  takes: readonly string[]
  options: Readonly<Record<string, OptionSpec>>
  about: string
  /** Gives what is printed as JSON; undefined: it has printed by itself. A watch gives its own exit code. */
  run: (given: Given, tools: CommandTools) => Promise<{ value?: unknown; exitCode?: ExitCode }>
}

/** A command that asks for one thing and prints the answer. */
export function command(
  definition: Omit<Command, 'run' | 'takes' | 'options'> & Partial<Pick<Command, 'takes' | 'options'>>,
  answer: (given: Given, tools: CommandTools) => Promise<unknown>,
): Command {
  return {
    takes: [],
    options: {},
    ...definition,
    run: async (given, tools) => ({ value: await answer(given, tools) }),
  }
}

/** How to call it, on one line. */
export function usageOf({ name, takes, options }: Command): string {
  const flags = Object.entries(options).map(([flag, { type }]) =>
    type === 'boolean' ? `[--${flag}]` : `[--${flag} …]`,
  )
  return ['harbor', name, ...takes.map(word => word.toUpperCase()), ...flags].join(' ')
}

/** @throws CommandError `usage` */
export function givenOf(of: Command, args: readonly string[]): Given {
  const options: ParseArgsConfig['options'] = Object.fromEntries(
    Object.entries(of.options).map(([flag, { type }]) => [flag, { type }]),
  )
  const { values, positionals } = parsed(of, { args: [...args], options, allowPositionals: true })
  if (positionals.length !== of.takes.length) throw usageError(`expected ${usageOf(of)}`)
  const textOf = (option: string) => {
    const value = values[option]
    return typeof value === 'string' ? value : undefined
  }
  return {
    words: Object.fromEntries(of.takes.map((word, index) => [word, positionals[index] ?? ''])),
    text: textOf,
    needed: option => {
      const value = textOf(option)
      if (value === undefined) throw usageError(`--${option} is missing; expected ${usageOf(of)}`)
      return value
    },
    isSet: option => values[option] === true,
  }
}

function parsed(
  of: Command,
  config: ParseArgsConfig,
): { values: Readonly<Record<string, unknown>>; positionals: readonly string[] } {
  try {
    return parseArgs({ ...config, strict: true })
  } catch (error) {
    throw usageError(`${errorText(error)}; expected ${usageOf(of)}`, error)
  }
}

/** A word of the command line as one step of a path. */
export function step(word: string | undefined): string {
  return encodeURIComponent(word ?? '')
}

/** @throws CommandError `usage` that names the option. */
export function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usageError(`--${option} is "${text}"; expected a whole number`)
  return Number(text)
}

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `90s`, `30m`, `12h` or `7d`, in ms. @throws CommandError `usage` that names the option. */
export function durationMs(option: string, text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined || unit === undefined)
    throw usageError(`--${option} is "${text}"; expected a time such as 90s, 30m, 12h or 7d`)
  return Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]
}

/** A JSON file. @throws CommandError `usage` that names the file. */
export async function readJson(tools: Pick<CommandTools, 'readFile'>, path: string): Promise<unknown> {
  const text = await tools.readFile(path)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw usageError(`${path}: ${errorText(error)}`, error)
  }
}
