import { createHash } from 'node:crypto'
import {
  type BatchList,
  type BatchView,
  type ClaimAnswer,
  type ExplainedConfig,
  type Fleet,
  type FleetAuditPage,
  type IssuedBatch,
  MAX_BATCH,
  tryParseClaimText,
} from '@harbor/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type RunningServer, startServer } from './running-server.ts'

const BATCHES = '/api/v1/fleet/claim-batches'
const blank = (number: number) => `blank-${String(number).padStart(3, '0')}`

/** The two districts' fleet, and stations that have no gateway yet: six in Yuzhong, and 200 in Yubei. */
function fleetWithBlankStations(): Fleet {
  const fleet = twoDistrictFleet()
  const [yuzhong, yubei] = fleet.stations
  if (yuzhong === undefined || yubei === undefined) throw new Error('the fixture has no stations')
  const stations = Array.from({ length: 6 + MAX_BATCH }, (_, index) => ({
    ...(index < 6 ? yuzhong : yubei),
    id: blank(index),
    nameZh: `空站${index}`,
    nameEn: `Blank ${index}`,
  }))
  const appliances = stations.slice(0, 3).flatMap(({ id }) => [
    { id: `${id}-fridge`, station: id, kind: 'fridge' as const },
    { id: `${id}-ac`, station: id, kind: 'air_conditioner' as const },
    { id: `${id}-microwave`, station: id, kind: 'microwave' as const },
    { id: `${id}-water`, station: id, kind: 'water_dispenser' as const },
  ])
  return {
    ...fleet,
    stations: [...fleet.stations, ...stations],
    appliances: [...fleet.appliances, ...appliances],
  }
}

let server: RunningServer
let nowMs = Date.now()
let admin: string
let yubei: string

beforeAll(async () => {
  server = await startServer({ fleet: fleetWithBlankStations(), nowMs: () => nowMs })
  admin = await server.signIn('admin')
  yubei = await server.signIn('yubei-hardware')
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const make = (wish: object, cookie = admin) =>
  server.request('POST', BATCHES, { cookie, body: { name: 'October', ...wish } })

async function made(wish: object, cookie = admin): Promise<IssuedBatch> {
  const { status, body } = await make(wish, cookie)
  expect([status, status === 201 ? '' : JSON.stringify(body)]).toEqual([201, ''])
  return body as IssuedBatch
}

const view = async (batch: string, cookie = admin) => server.request('GET', `${BATCHES}/${batch}`, { cookie })
const errorOf = ({ body }: { body: unknown }) => (body as { error: { code: string; message: string } }).error

const claim = (token: string, box = 'box') =>
  server.request('POST', '/api/v1/claim', {
    body: { token, secretSha256: createHash('sha256').update(box).digest('hex'), hardware: { serial: box } },
  })

const auditOf = async (query: string, cookie = admin) =>
  ((await server.request('GET', `/api/v1/fleet/audit?${query}`, { cookie })).body as FleetAuditPage).rows

describe('a batch', () => {
  test('has one token for each station of its list, each with its link, and a sheet of four papers a page', async () => {
    const boxes = [0, 1, 2, 3, 4].map(number => ({ station: blank(number) }))
    const { batch, tokens, sheetPdf } = await made({ boxes, serverUrl: 'https://harbor.example' })
    expect(tokens.map(({ station }) => station)).toEqual(boxes.map(({ station }) => station))
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(5)
    for (const { token, link } of tokens)
      expect(tryParseClaimText(link)).toEqual({ token, serverUrl: 'https://harbor.example' })
    const pdf = Buffer.from(sheetPdf, 'base64').toString('latin1')
    expect(pdf.startsWith('%PDF-')).toBe(true)
    expect(/\/Type \/Pages\n\/Count (\d+)/.exec(pdf)?.[1]).toBe('2')
    expect(batch).toMatchObject({ name: 'October', createdBy: 'admin' })
    expect(batch.tokens[0]).toEqual({
      prefix: tokens[0]?.token.slice(0, 12),
      station: blank(0),
      nameZh: '空站0',
      nameEn: 'Blank 0',
      state: 'open',
    })
  })

  test('shows its tokens this once: nothing that is read later, and nothing in the record, tells one', async () => {
    const { batch, tokens } = await made({ boxes: [{ station: blank(5) }] })
    const { token } = tokens[0] as { token: string }
    const said = [await view(batch.batch), await server.request('GET', BATCHES, { cookie: admin })]
    const rows = await auditOf(`station=${blank(5)}`)
    expect(JSON.stringify([said.map(({ body }) => body), rows])).not.toContain(token)
    expect(rows).toContainEqual(
      expect.objectContaining({
        act: 'token-made',
        by: 'admin',
        detail: expect.objectContaining({ batch: batch.batch }),
      }),
    )
  })

  test('of a count takes the next stations that wait for a gateway: none twice, none that has one', async () => {
    const pick = { count: 3, region: '500112' }
    const first = await made({ pick })
    expect(first.tokens.map(({ station }) => station)).toEqual([blank(6), blank(7), blank(8)])
    const second = await made({ pick })
    expect(second.tokens.map(({ station }) => station)).toEqual([blank(9), blank(10), blank(11)])
    const { token } = second.tokens[0] as { token: string }
    expect((await claim(token)).status).toBe(200)
    // What was taken back waits again; what was claimed does not.
    await server.request('POST', `${BATCHES}/${second.batch.batch}/revoke`, { cookie: admin })
    expect((await made({ pick })).tokens.map(({ station }) => station)).toEqual([blank(10), blank(11), blank(12)])
  })

  test('for more stations than wait is refused as a whole', async () => {
    const before = (await auditOf('act=token-made&limit=500')).length
    const answer = await make({ pick: { count: 5, region: '500103' } })
    expect([answer.status, errorOf(answer).message]).toEqual([409, 'only 0 stations there wait for a gateway, not 5'])
    expect((await make({ boxes: [{ station: blank(20) }, { station: 'nowhere' }] })).status).toBe(404)
    const twice = await make({ boxes: [{ station: blank(20) }, { station: blank(20) }] })
    expect([twice.status, errorOf(twice).message]).toEqual([400, `body: station ${blank(20)} is given twice`])
    expect((await make({ boxes: [{ station: blank(20) }], pick: { count: 1 } })).status).toBe(400)
    expect((await auditOf('act=token-made&limit=500')).length).toBe(before)
  })

  test('of two hundred boxes is made in one go', { timeout: 60_000 }, async () => {
    const boxes = Array.from({ length: MAX_BATCH }, (_, index) => ({ station: blank(6 + index) }))
    const { tokens, sheetPdf } = await made({ boxes })
    expect(tokens).toHaveLength(MAX_BATCH)
    expect(/\/Count (\d+)/.exec(Buffer.from(sheetPdf, 'base64').toString('latin1'))?.[1]).toBe(String(MAX_BATCH / 4))
  })
})

describe('the tokens of a batch', () => {
  test('are each good for one box, which gets the config of the profile that they name', async () => {
    const firstProfile = { profile: 'standard' }
    const { batch, tokens } = await made({ boxes: [0, 1].map(n => ({ station: blank(n) })), firstProfile })
    expect(batch.firstProfile).toEqual({ profile: 'standard', version: 1 })
    const { token } = tokens[0] as { token: string }
    const { gateway } = (await claim(token)).body as ClaimAnswer
    expect(gateway).toBe(`gw-${blank(0)}`)
    const config = `/api/v1/fleet/gateways/${gateway}/config/explained`
    const explained = (await server.request('GET', config, { cookie: admin })).body as ExplainedConfig
    expect(explained).toMatchObject({ version: 1, issuedBy: 'admin', source: { profile: 'standard', version: 1 } })
    expect(explained.config.devices.map(({ id }) => id)).toContain(`${blank(0)}-fridge-plug`)
    const other = await claim(token, 'another box')
    expect([other.status, errorOf(other).code]).toEqual([409, 'token_used'])
    const states = ((await view(batch.batch)).body as BatchView).tokens
    expect(states).toMatchObject([
      { state: 'used', usedGateway: gateway, hardware: { serial: 'box' } },
      { state: 'open' },
    ])
  })

  test('never drop devices that somebody has registered: a profile is for a gateway that has none', async () => {
    const text = '{ "devices": [{ "key": "x", "vendor": "shelly", "address": "x" }] }'
    const plain = { profile: 'plain', nameZh: 'x', nameEn: 'x', text }
    expect((await server.request('POST', '/api/v1/fleet/profiles', { cookie: admin, body: plain })).status).toBe(201)
    const { tokens } = await made({ boxes: [{ station: 'yubei-1' }], firstProfile: { profile: 'plain' } })
    expect(tokens[0]?.gateway).toBe('gw-yubei-1')
    expect((await claim(tokens[0]?.token ?? '')).status).toBe(200)
    const config = '/api/v1/fleet/gateways/gw-yubei-1/config/explained'
    const explained = (await server.request('GET', config, { cookie: admin })).body as ExplainedConfig
    expect(explained.source).toBeUndefined()
    expect(explained.config.devices.map(({ id }) => id)).toEqual(['yubei-fridge-temp'])
  })

  test('are not made for a station that their profile does not fit', async () => {
    const answer = await make({ boxes: [{ station: blank(4) }], firstProfile: { profile: 'standard' } })
    expect(answer.status).toBe(400)
    expect(errorOf(answer).message).toContain(`${blank(4)}: appliance fridge`)
  })

  test('that no box has used die when the batch is revoked, and who revoked it is kept', async () => {
    const { batch, tokens } = await made({ boxes: [1, 2].map(n => ({ station: blank(n) })) })
    const [first, second] = tokens.map(({ token }) => token)
    await claim(first ?? '')
    const revoked = await server.request('POST', `${BATCHES}/${batch.batch}/revoke`, { cookie: admin })
    const body = revoked.body as BatchView
    expect(body).toMatchObject({ revokedBy: 'admin', tokens: [{ state: 'used' }, { state: 'revoked' }] })
    const answer = await claim(second ?? '', 'late box')
    expect([answer.status, errorOf(answer).code]).toEqual([410, 'token_revoked'])
    expect(await auditOf(`station=${blank(2)}&act=batch-revoked`)).toMatchObject([{ by: 'admin' }])
    const { batches } = (await server.request('GET', BATCHES, { cookie: admin })).body as BatchList
    expect(batches.find(one => one.batch === batch.batch)?.tokens).toEqual({ open: 0, used: 1, expired: 0, revoked: 1 })
  })

  test('expire together', async () => {
    const { batch, tokens } = await made({ boxes: [{ station: blank(2) }], expiresInMs: 60_000 })
    nowMs += 60_001
    const answer = await claim(tokens[0]?.token ?? '')
    expect([answer.status, errorOf(answer).code]).toEqual([410, 'token_expired'])
    expect(((await view(batch.batch)).body as BatchView).tokens[0]?.state).toBe('expired')
  })
})

describe('the hardware team of a district', () => {
  test("sees of a batch that reaches beyond it its own stations alone, and revokes no others'", async () => {
    const boxes = [{ station: blank(3) }, { station: blank(30) }]
    const { batch } = await made({ boxes })
    const seen = (await view(batch.batch, yubei)).body as BatchView
    expect(seen.tokens.map(({ station }) => station)).toEqual([blank(30)])
    await server.request('POST', `${BATCHES}/${batch.batch}/revoke`, { cookie: yubei })
    expect(((await view(batch.batch)).body as BatchView).tokens.map(({ state }) => state)).toEqual(['open', 'revoked'])
  })

  test('sees nothing of a batch that is elsewhere, and makes none there', async () => {
    const { batch } = await made({ boxes: [{ station: blank(3) }] })
    expect((await view(batch.batch, yubei)).status).toBe(404)
    const revoke = await server.request('POST', `${BATCHES}/${batch.batch}/revoke`, { cookie: yubei })
    expect(revoke.status).toBe(404)
    const listed = (await server.request('GET', BATCHES, { cookie: yubei })).body as BatchList
    expect(listed.batches.map(one => one.batch)).not.toContain(batch.batch)
    expect((await make({ boxes: [{ station: blank(3) }] }, yubei)).status).toBe(404)
    const picked = await make({ pick: { count: 1, region: '500103' } }, yubei)
    expect(picked.status).toBe(409)
  })
})
