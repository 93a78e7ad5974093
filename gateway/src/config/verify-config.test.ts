import type { GatewayConfig } from '@harbor/protocol'
import * as fc from 'fast-check'
import { CompactSign } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type TestSigner, createTestSigner } from '../../test/support/config-signer.ts'
import { MAX_DEVICES } from './check-config.ts'
import { verifyConfig } from './verify-config.ts'

const CONFIG: GatewayConfig = {
  version: 7,
  gateway: 'gw-1',
  station: 'st-1',
  district: '500103',
  timeZone: 'Asia/Shanghai',
  devices: [{ id: 'plug', vendor: 'tasmota', address: 'plug' }],
}

let signer: TestSigner
let stranger: TestSigner

beforeAll(async () => {
  signer = await createTestSigner()
  stranger = await createTestSigner()
})

const verify = (jws: string, keys = [signer.key]) => verifyConfig(Buffer.from(jws), { keys: { keys }, gateway: 'gw-1' })

const refused = (reason: string, version = 7) => ({
  kind: 'refused',
  version,
  reason: expect.stringContaining(reason),
})

describe('a config from afar', () => {
  it('is taken when a trusted key signed it for this gateway, with either of two keys while they are changed', async () => {
    expect(await verify(await signer.sign(CONFIG))).toEqual({ kind: 'accepted', config: CONFIG })
    const keys = [stranger.key, signer.key]
    expect(await verify(await signer.sign(CONFIG), keys)).toMatchObject({ kind: 'accepted' })
    expect(await verify(await stranger.sign(CONFIG), keys)).toMatchObject({ kind: 'accepted' })
  })

  it('is refused when a stranger signed it, also under the name of the trusted key', async () => {
    expect(await verify(await stranger.sign(CONFIG))).toEqual(refused('a key that is not trusted'))
    const forged = await stranger.sign(CONFIG, { kid: signer.key.kid })
    expect(await verify(forged)).toEqual(refused('signature does not hold'))
  })

  it('is refused when any character of it was changed', async () => {
    const jws = await signer.sign(CONFIG)
    await fc.assert(
      fc.asyncProperty(fc.nat(jws.length - 1), fc.constantFrom(...'AQgw_-.9'), async (at, letter) => {
        const changed = jws.slice(0, at) + letter + jws.slice(at + 1)
        fc.pre(changed !== jws)
        // The last letter of each part may hold bits that mean nothing (RFC 4648, 3.5): those say the same.
        const same = changed.split('.').every((part, n) => {
          return Buffer.from(part, 'base64url').equals(Buffer.from(jws.split('.')[n] ?? '', 'base64url'))
        })
        fc.pre(!same)
        expect((await verify(changed)).kind).toBe('refused')
      }),
    )
  })

  it('is refused when it is for another gateway', async () => {
    const jws = await signer.sign({ ...CONFIG, gateway: 'gw-2' })
    expect(await verify(jws)).toEqual(refused('it is for gw-2, this is gw-1'))
  })

  it('is refused without a signature, with a shared secret, or when the key signed something else', async () => {
    const payload = Buffer.from(JSON.stringify({ ...CONFIG, issuedAtMs: 1 })).toString('base64url')
    const none = Buffer.from(JSON.stringify({ alg: 'none', kid: signer.key.kid })).toString('base64url')
    expect(await verify(`${none}.${payload}.`)).toEqual(refused('compact JWS'))
    expect(await verify(`${none}.${payload}.AA`)).toEqual(refused('signature does not hold'))
    const shared = await new CompactSign(Buffer.from(payload, 'base64url'))
      .setProtectedHeader({ alg: 'HS256', kid: signer.key.kid })
      .sign(Buffer.from(signer.key.x, 'base64url'))
    expect(await verify(shared)).toEqual(refused('signature does not hold'))
    expect(await verify(await signer.sign(CONFIG, { typ: 'JWT' }))).toEqual(refused('expected typ'))
  })

  it('is refused by a gateway that was never told whom to believe', async () => {
    const verdict = await verifyConfig(Buffer.from(await signer.sign(CONFIG)), { keys: undefined, gateway: 'gw-1' })
    expect(verdict).toEqual(refused('no trusted-keys.json'))
  })

  it.each<[string, object, string]>([
    ['a device id is there twice', { devices: [CONFIG.devices[0], { ...CONFIG.devices[0], address: 'b' }] }, 'twice'],
    ['an address is there twice', { devices: [CONFIG.devices[0], { ...CONFIG.devices[0], id: 'b' }] }, 'twice'],
    ['a vendor is none', { devices: [{ ...CONFIG.devices[0], vendor: 'acme' }] }, 'devices.0.vendor'],
    ['the zone is none', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['the broker is no address', { mqttUrl: 'ftp://x' }, 'mqttUrl'],
    [
      'there are too many devices',
      {
        devices: Array.from({ length: MAX_DEVICES + 1 }, (_, n) => ({
          id: `d${n}`,
          vendor: 'shelly',
          address: `${n}`,
        })),
      },
      'at most 200',
    ],
    ['it has a field from the future', { valves: [] }, 'valves: this release does not know'],
    ['a device has one', { devices: [{ ...CONFIG.devices[0], interlock: 'x' }] }, 'devices.0.interlock'],
    ['it has no time of issue', { issuedAtMs: undefined }, 'issuedAtMs'],
  ])('is refused whole when %s', async (_, change, reason) => {
    expect(await verify(await signer.sign(CONFIG, {}, change))).toEqual(refused(reason))
  })

  it('is refused when it would leave nobody who could sign the next one', async () => {
    const jws = await signer.sign({ ...CONFIG, trustedKeys: { keys: [stranger.key] } })
    expect(await verify(jws)).toEqual(refused('expected the key that signed this config among them'))
  })

  it('is never more than refused, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map(text => Buffer.from(`${text}.e30.AA`)),
        ),
        async bytes => {
          expect((await verifyConfig(bytes, { keys: { keys: [signer.key] }, gateway: 'gw-1' })).kind).toBe('refused')
        },
      ),
    )
  })
})
