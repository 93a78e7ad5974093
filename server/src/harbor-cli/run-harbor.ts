import { personSchema } from '@harbor/protocol'
import { type Api, checkServerUrl, createApi, signIn } from './api-client.ts'
import { type Command, type CommandTools, givenOf, usageOf } from './command.ts'
import { BATCH_COMMANDS } from './commands/batch-commands.ts'
import { BENCH_COMMANDS } from './commands/bench-commands.ts'
import { FLASH_COMMANDS } from './commands/flash-commands.ts'
import { PROFILE_COMMANDS } from './commands/profile-commands.ts'
import { ROLLOUT_COMMANDS } from './commands/rollout-commands.ts'
import { TWIN_COMMANDS } from './commands/twin-commands.ts'
import { CommandError, EXIT, type ExitCode, usageError } from './exit-codes.ts'
import type { TokenFile } from './token-file.ts'

/** Where the server is and who asks, from the environment. */
export interface HarborSettings {
  serverUrl: string
  allowHttp: boolean
  login: string | undefined
  password: string | undefined
}

export interface HarborDeps extends Omit<CommandTools, 'api'> {
  tokenFile: TokenFile
  /** Asks on the terminal, without showing what is typed; undefined: there is no terminal. */
  askPassword: ((question: string) => Promise<string>) | undefined
  /** Standard error. */
  complain: (line: string) => void
}

const SESSION = '/api/v1/session'

/** What `harbor` does with its arguments; gives its exit code. */
export async function runHarbor(
  args: readonly string[],
  settings: HarborSettings,
  deps: HarborDeps,
): Promise<ExitCode> {
  try {
    return await dispatch(args, settings, deps)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const { code, message, details } = error
    deps.complain(JSON.stringify({ error: { code, message, ...(details !== undefined && { details }) } }))
    return error.exitCode
  }
}

async function dispatch(args: readonly string[], settings: HarborSettings, deps: HarborDeps): Promise<ExitCode> {
  const [first] = args
  if (first === undefined || first === 'help' || first === '--help') {
    for (const line of helpLines()) deps.print(line)
    return EXIT.done
  }
  const found = COMMANDS.find(({ name }) => name.split(' ').every((word, index) => args[index] === word))
  if (found === undefined) throw usageError(`there is no command "${args.join(' ')}"; harbor help lists them`)
  const given = givenOf(found, args.slice(found.name.split(' ').length))
  const serverUrl = checkServerUrl(settings.serverUrl, settings.allowHttp)
  if (found === SIGN_IN) {
    const login = given.text('login') ?? settings.login
    if (login === undefined) throw usageError(`--login is missing; expected ${usageOf(found)}`)
    const password = settings.password ?? (await deps.askPassword?.(`Password of ${login} at ${serverUrl}: `))
    if (password === undefined) throw usageError('there is no terminal to ask for the password: set HARBOR_PASSWORD')
    const { askPassword } = deps
    const askCode = askPassword && (() => askPassword('Code of the second factor: '))
    const token = await signIn(serverUrl, { login, password }, askCode)
    await deps.tokenFile.write(token)
    printed(deps, await whoIs(createApi({ serverUrl, token })))
    return EXIT.done
  }
  return withSession({ ...settings, serverUrl }, deps, async api => {
    const { value, exitCode = EXIT.done } = await found.run(given, { ...deps, api })
    if (value !== undefined) printed(deps, value)
    if (found === SIGN_OUT) await deps.tokenFile.remove()
    return exitCode
  })
}

/** As whoever is signed in; or, for this command alone, as whom the environment names. */
async function withSession(
  { serverUrl, login, password }: HarborSettings,
  { tokenFile }: HarborDeps,
  work: (api: Api) => Promise<ExitCode>,
): Promise<ExitCode> {
  const kept = login !== undefined && password !== undefined ? undefined : await tokenFile.read()
  if (kept !== undefined) return work(createApi({ serverUrl, token: kept }))
  if (login === undefined || password === undefined)
    throw new CommandError(EXIT.notLetIn, 'nobody is signed in: harbor sign-in, or HARBOR_LOGIN and HARBOR_PASSWORD')
  const api = createApi({ serverUrl, token: await signIn(serverUrl, { login, password }) })
  try {
    return await work(api)
  } finally {
    await api.send('DELETE', SESSION)
  }
}

async function whoIs(api: Api): Promise<unknown> {
  return personSchema.parse(await api.get(SESSION))
}

function printed({ print }: HarborDeps, value: unknown): void {
  print(JSON.stringify(value, undefined, 2))
}

const SIGN_IN: Command = {
  name: 'sign-in',
  takes: [],
  options: { login: { type: 'string', about: 'who; the password is asked for, or is in HARBOR_PASSWORD' } },
  about: 'sign in, and keep the session in a file',
  run: async () => ({}),
}

const SIGN_OUT: Command = {
  name: 'sign-out',
  takes: [],
  options: {},
  about: 'end the session and remove its file',
  run: async (_, { api }) => ({ value: await api.send('DELETE', SESSION) }),
}

const COMMANDS: readonly Command[] = [
  SIGN_IN,
  SIGN_OUT,
  {
    name: 'who',
    takes: [],
    options: {},
    about: 'who is signed in',
    run: async (_, { api }) => ({ value: await whoIs(api) }),
  },
  ...PROFILE_COMMANDS,
  ...BATCH_COMMANDS,
  ...FLASH_COMMANDS,
  ...TWIN_COMMANDS,
  ...ROLLOUT_COMMANDS,
  ...BENCH_COMMANDS,
]

/** Every command with its options, for `harbor help`. */
export function helpLines(): string[] {
  return COMMANDS.flatMap(of => [
    usageOf(of),
    `    ${of.about}`,
    ...Object.entries(of.options).map(([flag, { about }]) => `    --${flag}: ${about}`),
  ])
}
