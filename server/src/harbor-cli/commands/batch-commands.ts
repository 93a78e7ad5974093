import { issuedBatchSchema } from '@harbor/protocol'
import { z } from 'zod'
import {
  type Command,
  type CommandTools,
  type Given,
  command,
  durationMs,
  readJson,
  step,
  wholeNumber,
} from '../command.ts'
import { usageError } from '../exit-codes.ts'

const BATCHES = '/api/v1/fleet/claim-batches'

/** Of what `batch create` prints, what a bundle is made of. */
const tokensFileSchema = z.object({ tokens: z.array(z.object({ token: z.string() })).min(1) })
const wifiFileSchema = z.object({ ssid: z.string(), passphrase: z.string() })

const bundleOptions = {
  out: { type: 'string', about: 'the ZIP file to write; it has tokens in it' },
  wifi: { type: 'string', about: 'a JSON file with ssid and passphrase' },
  'server-url': { type: 'string', about: 'where boxes find the server; default: its public address' },
  'allow-http': { type: 'boolean', about: 'boxes may claim without encryption: the line is your own' },
} as const

/** Claim tokens in batches, and what goes onto the boxes' cards. */
export const BATCH_COMMANDS: readonly Command[] = [
  command(
    {
      name: 'fleet batch create',
      options: {
        name: { type: 'string', about: 'for people' },
        stations: { type: 'string', about: 'ids with commas between' },
        pick: { type: 'string', about: 'in place of --stations: so many that wait for a gateway' },
        region: { type: 'string', about: 'of --pick: a district or street' },
        profile: { type: 'string', about: 'of which a box in an empty place gets its first config' },
        'profile-version': { type: 'string', about: 'default: the newest' },
        expires: { type: 'string', about: 'as 12h or 7d; default 7d' },
        'server-url': { type: 'string', about: 'where boxes find the server; default: its public address' },
        sheet: { type: 'string', about: 'the PDF file to write: one paper for each box' },
      },
      about: 'make claim tokens; tokens and sheet are shown this once',
    },
    async (given, { api, writeFile }) => {
      const sheet = given.needed('sheet')
      const wanted = batchOf(given)
      // Tokens that cannot be written down would be made in vain.
      await writeFile(sheet, new Uint8Array())
      const { sheetPdf, ...issued } = issuedBatchSchema.parse(await api.send('POST', BATCHES, wanted))
      await writeFile(sheet, Buffer.from(sheetPdf, 'base64'))
      return { ...issued, sheet }
    },
  ),
  command({ name: 'fleet batch list', about: 'batches, newest first' }, (_, { api }) => api.get(BATCHES)),
  command({ name: 'fleet batch show', takes: ['batch'], about: 'a batch and its boxes' }, ({ words }, { api }) =>
    api.get(`${BATCHES}/${step(words['batch'])}`),
  ),
  command(
    { name: 'fleet batch revoke', takes: ['batch'], about: 'take back the tokens that no box has used' },
    ({ words }, { api }) => api.send('POST', `${BATCHES}/${step(words['batch'])}/revoke`, {}),
  ),
  command(
    {
      name: 'fleet bundle download',
      options: {
        tokens: { type: 'string', about: 'the JSON that batch create printed' },
        gateway: { type: 'string', about: 'in place of --tokens: with a new token for this gateway' },
        ...bundleOptions,
      },
      about: "a ZIP for the cards' boot partitions",
    },
    async (given, tools) => {
      const { text, needed } = given
      const out = needed('out')
      const [tokens, gateway] = [text('tokens'), text('gateway')]
      if ((tokens === undefined) === (gateway === undefined)) throw usageError('expected either --tokens or --gateway')
      const options = await bundleOptionsOf(given, tools)
      const bytes =
        tokens === undefined
          ? await tools.api.download('POST', `/api/v1/fleet/gateways/${step(gateway)}/bundle`, options)
          : await tools.api.download('POST', '/api/v1/fleet/bundles', {
              tokens: await tokensIn(tools, tokens),
              ...options,
            })
      await tools.writeFile(out, bytes)
      return { out, sizeBytes: bytes.length }
    },
  ),
]

function batchOf({ text, needed }: Given): object {
  const [stations, pick, profile] = [text('stations'), text('pick'), text('profile')]
  const [version, expires, region] = [text('profile-version'), text('expires'), text('region')]
  if ((stations === undefined) === (pick === undefined)) throw usageError('expected either --stations or --pick')
  return {
    name: needed('name'),
    ...(stations !== undefined && { boxes: stations.split(',').map(station => ({ station: station.trim() })) }),
    ...(pick !== undefined && { pick: { count: wholeNumber('pick', pick), ...(region !== undefined && { region }) } }),
    ...(profile !== undefined && {
      firstProfile: {
        profile,
        ...(version !== undefined && { version: wholeNumber('profile-version', version) }),
      },
    }),
    ...(expires !== undefined && { expiresInMs: durationMs('expires', expires) }),
    serverUrl: text('server-url'),
  }
}

async function tokensIn(tools: Pick<CommandTools, 'readFile'>, path: string): Promise<string[]> {
  const read = tokensFileSchema.safeParse(await readJson(tools, path))
  if (!read.success) throw usageError(`${path}: expected what batch create printed`)
  return read.data.tokens.map(({ token }) => token)
}

async function bundleOptionsOf({ text, isSet }: Given, tools: Pick<CommandTools, 'readFile'>): Promise<object> {
  const wifi = text('wifi')
  const read = wifi === undefined ? undefined : wifiFileSchema.safeParse(await readJson(tools, wifi))
  if (read?.success === false) throw usageError(`${wifi}: expected {"ssid":…,"passphrase":…}`)
  return {
    serverUrl: text('server-url'),
    allowHttp: isSet('allow-http'),
    ...(read !== undefined && { wifi: read.data }),
  }
}
