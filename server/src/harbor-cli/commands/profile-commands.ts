import { profileCheckSchema, profileViewSchema } from '@harbor/protocol'
import { withQuery } from '../api-client.ts'
import { type Command, command, readJson, step, wholeNumber } from '../command.ts'
import { EXIT } from '../exit-codes.ts'

const PROFILES = '/api/v1/fleet/profiles'
const configOf = (gateway: string | undefined) => `/api/v1/fleet/gateways/${step(gateway)}/config`
const between = {
  from: { type: 'string', about: 'the older version' },
  to: { type: 'string', about: 'the newer version' },
} as const

/** Profiles, and the configs that they make. */
export const PROFILE_COMMANDS: readonly Command[] = [
  command({ name: 'fleet profiles list', about: 'profiles with their newest versions' }, (_, { api }) =>
    api.get(PROFILES),
  ),
  command(
    {
      name: 'fleet profiles show',
      takes: ['profile'],
      options: { version: { type: 'string', about: 'default: the newest' } },
      about: 'what a version of a profile says',
    },
    async ({ words, text }, { api }) => {
      const path = `${PROFILES}/${step(words['profile'])}`
      const version = text('version') ?? profileViewSchema.parse(await api.get(path)).versions[0]?.version
      return api.get(`${path}/versions/${step(String(version))}`)
    },
  ),
  command(
    { name: 'fleet profiles versions', takes: ['profile'], about: 'the versions of a profile, newest first' },
    ({ words }, { api }) => api.get(`${PROFILES}/${step(words['profile'])}`),
  ),
  command(
    { name: 'fleet profiles diff', takes: ['profile'], options: between, about: 'what differs in two versions' },
    ({ words, needed }, { api }) =>
      api.get(`${PROFILES}/${step(words['profile'])}/diff`, { from: needed('from'), to: needed('to') }),
  ),
  {
    name: 'fleet profiles check',
    takes: ['file'],
    options: {},
    about: 'problems of a profile in a JSON file, by line; ends with 1 when there are any',
    run: async ({ words }, { api, readFile }) => {
      const text = await readFile(words['file'] ?? '')
      const value = profileCheckSchema.parse(await api.send('POST', `${PROFILES}/check`, { text }))
      return { value, exitCode: value.problems.length === 0 ? EXIT.done : EXIT.refused }
    },
  },
  command(
    {
      name: 'fleet profiles save',
      takes: ['profile', 'file'],
      options: {
        'name-zh': { type: 'string', about: 'of a new profile' },
        'name-en': { type: 'string', about: 'of a new profile' },
        note: { type: 'string', about: 'why' },
        after: { type: 'string', about: 'the version that it was made from; absent: it is a new profile' },
      },
      about: 'save a version of a profile from a JSON file',
    },
    async ({ words, text, needed }, { api, readFile }) => {
      const saved = { text: await readFile(words['file'] ?? ''), note: text('note') }
      const after = text('after')
      if (after !== undefined)
        return api.send('POST', `${PROFILES}/${step(words['profile'])}/versions`, {
          ...saved,
          after: wholeNumber('after', after),
        })
      const names = { nameZh: needed('name-zh'), nameEn: needed('name-en') }
      return api.send('POST', PROFILES, { profile: words['profile'], ...names, ...saved })
    },
  ),
  command(
    {
      name: 'fleet profiles apply',
      takes: ['profile'],
      options: {
        gateway: { type: 'string', about: 'which gets the config' },
        version: { type: 'string', about: 'of the profile; default: the newest' },
        overrides: { type: 'string', about: 'a JSON file; default: those that the gateway has' },
        confirm: { type: 'string', about: 'what the refusal said, where something is to be lost' },
        'dry-run': { type: 'boolean', about: 'show what would change, and issue nothing' },
      },
      about: 'give a gateway the config that a profile makes of it',
    },
    async (given, tools) => {
      const { words, text, needed, isSet } = given
      const version = text('version')
      const overrides = text('overrides')
      const use = {
        profile: words['profile'],
        ...(version !== undefined && { version: wholeNumber('version', version) }),
        ...(overrides !== undefined && { overrides: await readJson(tools, overrides) }),
      }
      const path = configOf(needed('gateway'))
      if (isSet('dry-run')) return tools.api.send('POST', `${path}/preview`, use)
      return tools.api.send('POST', withQuery(`${path}/profile`, { confirm: text('confirm') }), use)
    },
  ),
  command(
    { name: 'fleet config versions', takes: ['gateway'], about: "a gateway's configs, newest first" },
    ({ words }, { api }) => api.get(`${configOf(words['gateway'])}/versions`),
  ),
  command(
    {
      name: 'fleet config show',
      takes: ['gateway'],
      options: { version: { type: 'string', about: 'default: the newest' } },
      about: 'a config, and where each value of it comes from',
    },
    ({ words, text }, { api }) => api.get(`${configOf(words['gateway'])}/explained`, { version: text('version') }),
  ),
  command(
    { name: 'fleet config diff', takes: ['gateway'], options: between, about: 'what differs in two configs' },
    ({ words, needed }, { api }) =>
      api.get(`${configOf(words['gateway'])}/diff`, { from: needed('from'), to: needed('to') }),
  ),
  command(
    {
      name: 'fleet audit',
      options: {
        gateway: { type: 'string', about: 'what was done to it' },
        station: { type: 'string', about: 'what was done there' },
        act: { type: 'string', about: 'as claim-refused' },
        by: { type: 'string', about: 'a login' },
        before: { type: 'string', about: 'the next of the page before' },
        limit: { type: 'string', about: 'at most 500' },
      },
      about: 'what was done to the fleet, newest first',
    },
    ({ text }, { api }) =>
      api.get('/api/v1/fleet/audit', {
        gateway: text('gateway'),
        station: text('station'),
        act: text('act'),
        by: text('by'),
        before: text('before'),
        limit: text('limit'),
      }),
  ),
]
