import { createHash } from 'node:crypto'
import { withQuery } from '../api-client.ts'
import { type Command, type CommandTools, command, step } from '../command.ts'

const FIRMWARE = '/api/v1/fleet/firmware'
const SOFTWARE = '/api/v1/fleet/software'

/** What goes onto plugs, boards and boxes. */
export const FLASH_COMMANDS: readonly Command[] = [
  command(
    {
      name: 'fleet setup show',
      takes: ['gateway'],
      options: {
        host: { type: 'string', about: "the gateway's address on the station's network" },
        port: { type: 'string', about: 'of its listener' },
      },
      about: 'ready-made configuration for each device of a gateway',
    },
    ({ words, text }, { api }) =>
      api.get(`/api/v1/fleet/gateways/${step(words['gateway'])}/device-setup`, {
        host: text('host'),
        port: text('port'),
      }),
  ),
  command({ name: 'fleet firmware list', about: 'images for boards, newest first' }, (_, { api }) => api.get(FIRMWARE)),
  command(
    {
      name: 'fleet firmware upload',
      takes: ['firmware', 'file'],
      options: {
        name: { type: 'string', about: 'for people' },
        version: { type: 'string', about: 'as 1.4.0' },
        chip: { type: 'string', about: 'as ESP32-C3' },
        offset: { type: 'string', about: 'where in the flash it goes; default 0: a whole image' },
      },
      about: 'add an image, or one more part or chip of it',
    },
    async ({ words, text, needed }, { api, readBytes }) => {
      const of = { name: needed('name'), version: needed('version'), chipFamily: needed('chip') }
      const file = await fileIn(words['file'], { readBytes })
      const query = { firmware: words['firmware'], ...of, offset: text('offset') ?? '0', sha256: file.sha256 }
      return api.upload(withQuery(FIRMWARE, query), { type: 'application/octet-stream', bytes: file.bytes })
    },
  ),
  command({ name: 'fleet firmware remove', takes: ['firmware'], about: 'take an image away' }, ({ words }, { api }) =>
    api.send('DELETE', `${FIRMWARE}/${step(words['firmware'])}`),
  ),
  command({ name: 'fleet software list', about: "versions of the gateways' software, newest first" }, (_, { api }) =>
    api.get(SOFTWARE),
  ),
  command(
    {
      name: 'fleet software upload',
      takes: ['version', 'file'],
      about: "add a version of the gateways' software, a .tar.gz: it is one thing for ever",
    },
    async ({ words }, { api, readBytes }) => {
      const { bytes, sha256 } = await fileIn(words['file'], { readBytes })
      const path = withQuery(SOFTWARE, { version: words['version'], sha256 })
      return api.upload(path, { type: 'application/gzip', bytes })
    },
  ),
  command({ name: 'fleet software remove', takes: ['version'], about: 'take a version away' }, ({ words }, { api }) =>
    api.send('DELETE', `${SOFTWARE}/${step(words['version'])}`),
  ),
]

/** A file, and by what the server sees that it came whole. */
async function fileIn(
  path: string | undefined,
  { readBytes }: Pick<CommandTools, 'readBytes'>,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; sha256: string }> {
  const bytes = await readBytes(path ?? '')
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}
