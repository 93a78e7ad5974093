import { type RolloutView, rolloutViewSchema } from '@harbor/protocol'
import { type Command, command, durationMs, readJson, step } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { watch } from '../watch.ts'

const ROLLOUTS = '/api/v1/fleet/rollouts'
const ACTS = {
  start: 'begin with the first stage',
  pause: 'change no further gateway',
  resume: 'go on',
  abort: 'stop, and change back whatever was changed',
} as const

const file = {
  file: { type: 'string', about: 'a JSON file: name, target, selection, stages, health, maxFailures' },
} as const

/** A config or software version to many gateways, in stages. */
export const ROLLOUT_COMMANDS: readonly Command[] = [
  command(
    { name: 'fleet rollout preview', options: file, about: 'what a rollout would do' },
    async ({ needed }, tools) => tools.api.send('POST', `${ROLLOUTS}/preview`, await readJson(tools, needed('file'))),
  ),
  command(
    { name: 'fleet rollout create', options: file, about: 'make a rollout; it changes nothing before it is started' },
    async ({ needed }, tools) => tools.api.send('POST', ROLLOUTS, await readJson(tools, needed('file'))),
  ),
  command({ name: 'fleet rollout list', about: 'rollouts, newest first' }, (_, { api }) => api.get(ROLLOUTS)),
  command({ name: 'fleet rollout status', takes: ['rollout'], about: 'how far it is' }, ({ words }, { api }) =>
    api.get(`${ROLLOUTS}/${step(words['rollout'])}`),
  ),
  command(
    {
      name: 'fleet rollout gateways',
      takes: ['rollout'],
      options: {
        state: { type: 'string', about: 'as changed, well, reverted' },
        after: { type: 'string', about: 'the next of the page before' },
        limit: { type: 'string', about: 'at most 500' },
      },
      about: 'how far each gateway is',
    },
    ({ words, text }, { api }) =>
      api.get(`${ROLLOUTS}/${step(words['rollout'])}/gateways`, {
        state: text('state'),
        after: text('after'),
        limit: text('limit'),
      }),
  ),
  command(
    {
      name: 'fleet rollout events',
      takes: ['rollout'],
      options: {
        gateway: { type: 'string', about: 'what became of it' },
        after: { type: 'string', about: 'the next of the page before' },
        limit: { type: 'string', about: 'at most 500' },
      },
      about: 'the exact record, oldest first',
    },
    ({ words, text }, { api }) =>
      api.get(`${ROLLOUTS}/${step(words['rollout'])}/events`, {
        gateway: text('gateway'),
        after: text('after'),
        limit: text('limit'),
      }),
  ),
  ...Object.entries(ACTS).map(([act, about]) =>
    command({ name: `fleet rollout ${act}`, takes: ['rollout'], about }, ({ words }, { api }) =>
      api.send('POST', `${ROLLOUTS}/${step(words['rollout'])}/${act}`, {}),
    ),
  ),
  {
    name: 'fleet rollout watch',
    takes: ['rollout'],
    options: { timeout: { type: 'string', about: 'default 24h' } },
    about: 'a line for each change until it is over; ends with 6 when it was rolled back',
    run: async ({ words, text }, tools) => ({
      exitCode: await watch(tools, {
        timeoutMs: durationMs('timeout', text('timeout') ?? '24h'),
        look: async () => rolloutViewSchema.parse(await tools.api.get(`${ROLLOUTS}/${step(words['rollout'])}`)),
        say: ({ rollout, state, stage, counts, failures }: RolloutView) => ({
          rollout,
          state,
          stage,
          failures,
          counts,
        }),
        isOver: ({ state }) => (state === 'done' ? EXIT.done : state === 'rolled_back' ? EXIT.notReached : undefined),
      }),
    }),
  },
]
