import { gzipSync } from 'node:zlib'
import type { Role } from '@harbor/protocol'
import { type Row, act, at, open, own, record } from './scope-rows.ts'

const TEAM: readonly Role[] = ['hardware', 'administrator']
const NONE = '0'.repeat(64)
const IMAGE = 'firmware=board&name=Board&version=1&chipFamily=ESP32'
const BYTES = { type: 'application/octet-stream', data: 'an image' }

/** What comes onto cards, boards and devices. Images and packages belong to no place: what one team supplies, every team uses. */
export const FLASHING_ROWS: readonly Row[] = [
  own('post /api/v1/fleet/bundles', TEAM, {}, { body: { tokens: [`harbor1-${'0'.repeat(26)}`] } }),
  act(
    'post /api/v1/fleet/gateways/{gateway}/bundle',
    TEAM,
    { gateway: at('gw') },
    { body: { serverUrl: 'https://harbor.example' } },
  ),
  record('get /api/v1/fleet/gateways/{gateway}/device-setup', TEAM, { gateway: at('gw') }),
  own('get /api/v1/fleet/firmware', TEAM),
  own('post /api/v1/fleet/firmware', TEAM, {}, { query: IMAGE, bytes: BYTES }),
  own('delete /api/v1/fleet/firmware/{firmware}', TEAM, { firmware: 'none' }),
  own('get /api/v1/fleet/firmware/{firmware}/manifest.json', TEAM, { firmware: 'none' }),
  own('get /api/v1/fleet/firmware/{firmware}/parts/{sha256}', TEAM, { firmware: 'none', sha256: NONE }),
  own('get /api/v1/fleet/software', TEAM),
  own(
    'post /api/v1/fleet/software',
    TEAM,
    {},
    {
      query: 'version=1.0.0',
      bytes: { type: 'application/gzip', data: gzipSync('a package') },
    },
  ),
  own('delete /api/v1/fleet/software/{version}', TEAM, { version: '9.9.9' }),
  open('get /api/v1/fleet/software-files/{sha256}', { sha256: NONE }),
]
