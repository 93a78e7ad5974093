import { type BenchView, benchViewSchema } from '@harbor/protocol'
import { type Command, command, durationMs, step } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { watch } from '../watch.ts'

const benchOf = (gateway: string | undefined) => `/api/v1/fleet/gateways/${step(gateway)}/bench`

/** A gateway just flashed. */
export const BENCH_COMMANDS: readonly Command[] = [
  command(
    { name: 'fleet bench show', takes: ['gateway'], about: 'what is green, red or waiting' },
    ({ words }, { api }) => api.get(benchOf(words['gateway'])),
  ),
  {
    name: 'fleet bench watch',
    takes: ['gateway'],
    options: { timeout: { type: 'string', about: 'default 10m' } },
    about: 'a line for each change until all is green; ends with 6 when it is not in time',
    run: async ({ words, text }, tools) => ({
      exitCode: await watch(tools, {
        timeoutMs: durationMs('timeout', text('timeout') ?? '10m'),
        look: async () => benchViewSchema.parse(await tools.api.get(benchOf(words['gateway']))),
        say: ({ gateway, mark, checks, devices }: BenchView) => ({
          gateway,
          mark,
          checks: Object.fromEntries(checks.map(({ check, mark: is }) => [check, is])),
          devices: Object.fromEntries(devices.map(({ device, mark: is }) => [device, is])),
        }),
        isOver: ({ mark }) => (mark === 'green' ? EXIT.done : undefined),
      }),
    }),
  },
  command(
    {
      name: 'fleet bench test',
      takes: ['gateway', 'device'],
      options: { off: { type: 'boolean', about: 'switch it off; default: on' } },
      about: 'switch a relay, to see that it does',
    },
    ({ words, isSet }, { api }) =>
      api.send('POST', `${benchOf(words['gateway'])}/relay-test`, {
        device: words['device'],
        action: isSet('off') ? 'relay-off' : 'relay-on',
      }),
  ),
  command(
    {
      name: 'fleet bench accept',
      takes: ['gateway'],
      options: {
        note: { type: 'string', about: 'for the sheet' },
        exceptions: { type: 'string', about: 'why it is accepted though not all is green' },
      },
      about: 'accept a gateway',
    },
    ({ words, text }, { api }) =>
      api.send('POST', `${benchOf(words['gateway'])}/accept`, { note: text('note'), exceptions: text('exceptions') }),
  ),
  command(
    {
      name: 'fleet bench sheet',
      takes: ['gateway'],
      options: { out: { type: 'string', about: 'the PDF file to write' } },
      about: 'the acceptance sheet',
    },
    async ({ words, needed }, { api, writeFile }) => {
      const out = needed('out')
      const bytes = await api.download('GET', `${benchOf(words['gateway'])}/sheet.pdf`)
      await writeFile(out, bytes)
      return { out, sizeBytes: bytes.length }
    },
  ),
]
