import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { localFiles } from '../src/harbor-cli/local-files.ts'
import { runHarbor } from '../src/harbor-cli/run-harbor.ts'
import { createTokenFile } from '../src/harbor-cli/token-file.ts'

const COMMAND = join(import.meta.dirname, '../src/harbor-command.ts')

/** What a run of `harbor` came to. */
export interface Ran {
  code: number | null
  /** Standard output as JSON; undefined: it is none. */
  out: unknown
  text: string
  /** Standard error. */
  said: string
}

type Run = (args: readonly string[], env?: Record<string, string>) => Promise<Ran>

/** `harbor` with its token in a folder of the test. */
export interface HarborRuns {
  /** Within this process. */
  harbor: Run
  /** As a script starts it. */
  process: Run
  /** Ends well, and gives what it printed. */
  done: <Printed>(...args: string[]) => Promise<Printed>
  /** Writes a file, JSON unless it is text, and gives its path. */
  fileOf: (name: string, content: unknown) => Promise<string>
}

/** `env` of a run goes above the server and the token file. */
export function harborRuns(serverUrl: string, dir: string): HarborRuns {
  const tokenFile = join(dir, 'token')
  const harbor: Run = async (args, env = {}) => {
    const [out, said]: [string[], string[]] = [[], []]
    const code = await runHarbor(
      args,
      {
        serverUrl: env['HARBOR_SERVER'] ?? serverUrl,
        allowHttp: false,
        login: env['HARBOR_LOGIN'],
        password: env['HARBOR_PASSWORD'],
      },
      {
        ...localFiles,
        tokenFile: createTokenFile(env['HARBOR_TOKEN_FILE'] ?? tokenFile),
        askPassword: undefined,
        print: line => out.push(line),
        complain: line => said.push(line),
        nowMs: Date.now,
        wait: ms => wait(ms),
      },
    )
    const text = out.join('\n')
    return { code, out: jsonOf(text), text, said: said.join('\n') }
  }
  return {
    harbor,
    process: (args, env = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [COMMAND, ...args], {
          env: { PATH: process.env['PATH'], HARBOR_SERVER: serverUrl, HARBOR_TOKEN_FILE: tokenFile, ...env },
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        let [text, said] = ['', '']
        child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
        child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
        child.on('error', reject)
        child.on('close', code => resolve({ code, out: jsonOf(text), text, said }))
      }),
    done: async <Printed>(...args: string[]) => {
      const ran = await harbor(args)
      expect([args.join(' '), ran.code, ran.said]).toEqual([args.join(' '), 0, ''])
      return ran.out as Printed
    },
    fileOf: async (name, content) => {
      const path = join(dir, name)
      await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
      return path
    },
  }
}

/** What it said on standard error. */
export function errorOf({ said }: Ran): { code: string; message: string; details?: Record<string, unknown> } {
  return (JSON.parse(said) as { error: ReturnType<typeof errorOf> }).error
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Lines, or nothing at all.
  }
}
