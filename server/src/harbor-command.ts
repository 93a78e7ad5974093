import { homedir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createInterface } from 'node:readline/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { errorText, parseSettings } from '@harbor/protocol'
import { z } from 'zod'
import { EXIT } from './harbor-cli/exit-codes.ts'
import { localFiles } from './harbor-cli/local-files.ts'
import { runHarbor } from './harbor-cli/run-harbor.ts'
import { createTokenFile } from './harbor-cli/token-file.ts'

const settingsSchema = z.object({
  HARBOR_SERVER: z.string().default('http://127.0.0.1:8080'),
  HARBOR_ALLOW_HTTP: z.enum(['0', '1']).default('0'),
  HARBOR_LOGIN: z.string().min(1).optional(),
  HARBOR_PASSWORD: z.string().min(1).optional(),
  HARBOR_TOKEN_FILE: z.string().min(1).optional(),
  XDG_CONFIG_HOME: z.string().optional(),
})

/** What is typed is not shown. */
async function askPassword(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write(question)
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}

// Whoever reads may stop reading, as `head` does.
process.stdout.on('error', () => process.exit(0))

try {
  const env = parseSettings(settingsSchema, process.env)
  const configHome = env.XDG_CONFIG_HOME || join(homedir(), '.config')
  process.exitCode = await runHarbor(
    process.argv.slice(2),
    {
      serverUrl: env.HARBOR_SERVER,
      allowHttp: env.HARBOR_ALLOW_HTTP === '1',
      login: env.HARBOR_LOGIN,
      password: env.HARBOR_PASSWORD,
    },
    {
      tokenFile: createTokenFile(env.HARBOR_TOKEN_FILE ?? join(configHome, 'harbor/token')),
      askPassword: process.stdin.isTTY ? askPassword : undefined,
      ...localFiles,
      print: line => process.stdout.write(`${line}\n`),
      complain: line => process.stderr.write(`${line}\n`),
      nowMs: Date.now,
      wait: ms => wait(ms),
    },
  )
} catch (error) {
  process.stderr.write(`${JSON.stringify({ error: { code: 'usage', message: errorText(error) } })}\n`)
  process.exitCode = EXIT.usage
}
