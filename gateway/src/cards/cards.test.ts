import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CardCheckIn, type GatewayConfig, cardCheckInSchema, decodeJson } from '@harbor/protocol'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Rejection } from '../decoders/decoder.ts'
import { cardKeyFile } from './card-key.ts'
import { cardNumberOf } from './card-number.ts'
import { type Cards, createCards } from './cards.ts'

const CONFIG: GatewayConfig = {
  version: 1,
  gateway: 'gw-1',
  station: 'cq-1',
  district: '500103',
  timeZone: 'Asia/Shanghai',
  devices: [],
  cardReaders: [{ topic: 'reader/tag' }, { topic: 'tele/door/SENSOR', field: 'RC522.UID' }],
}
const NOVEMBER = Date.parse('2026-11-30T15:59:00Z')
const MINUTE_MS = 60_000

let folder: string
let nowMs: number | undefined
let isUp: boolean
let said: { topic: string; checkIn: CardCheckIn }[]
let refused: Rejection[]
let open: Cards[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harbor-cards-'))
  nowMs = NOVEMBER - 10 * 24 * 60 * MINUTE_MS
  isUp = true
  said = []
  refused = []
  open = []
})

afterEach(async () => {
  for (const cards of open) await cards.stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(config = CONFIG): Promise<Cards> {
  const cards = createCards(config, {
    file: cardKeyFile(folder),
    now: () => nowMs,
    newKey: () => randomBytes(32),
    publish: (topic, payload, onTaken) => {
      if (!isUp) return
      said.push({ topic, checkIn: decodeJson(cardCheckInSchema, payload) })
      onTaken()
    },
    onRefused: (_topic, rejection) => refused.push(rejection),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  })
  open.push(cards)
  await cards.start()
  return cards
}

const hold = (cards: Cards, number: string) => cards.take('reader/tag', Buffer.from(number))
const pseudonyms = () => said.map(({ checkIn }) => checkIn.pseudonym)
const later = (ms: number) => {
  nowMs = (nowMs ?? 0) + ms
}

describe('a card at the reader', () => {
  it('is told as a pseudonym and the full minute, on the check-in topic of its gateway', async () => {
    const cards = await start()
    nowMs = NOVEMBER + 1_234
    expect(hold(cards, '04-A1-B2-C3')).toBe(true)
    expect(said).toEqual([
      {
        topic: 'harbor/v1/500103/gw-1/check-in',
        checkIn: { pseudonym: expect.stringMatching(/^[0-9a-f]{32}$/), atMs: NOVEMBER },
      },
    ])
  })

  it('is the same in a month, however the reader writes it, and after a restart', async () => {
    const first = await start()
    for (const writing of ['04-A1-B2-C3', '04:a1:b2:c3', ' 04a1b2c3\n']) {
      hold(first, writing)
      later(2 * MINUTE_MS)
    }
    await first.stop()
    hold(await start(), '04A1B2C3')
    expect(said).toHaveLength(4)
    expect(new Set(pseudonyms()).size).toBe(1)
  })

  it('is another in the next month, at another station, and at another gateway', async () => {
    const cards = await start()
    nowMs = NOVEMBER
    hold(cards, '04A1B2C3')
    later(2 * MINUTE_MS)
    hold(cards, '04A1B2C3')
    cards.reconfigure({ ...CONFIG, station: 'cq-2' })
    later(2 * MINUTE_MS)
    hold(cards, '04A1B2C3')
    await cards.stop()
    await rm(join(folder, 'card-key.json'))
    hold(await start(), '04A1B2C3')
    expect(new Set(pseudonyms()).size).toBe(4)
  })

  it('that lies on the reader is one visit a minute at most', async () => {
    const cards = await start()
    for (let n = 0; n < 30; n += 1) {
      hold(cards, '04A1B2C3')
      later(1_000)
    }
    expect(said).toHaveLength(1)
    hold(cards, '04FFFFFF')
    expect(said).toHaveLength(2)
  })

  it('waits for the broker, the newest 500, and is told when the link is up', async () => {
    const cards = await start()
    isUp = false
    for (let n = 0; n < 600; n += 1) hold(cards, `CARD${n}`)
    expect(said).toEqual([])
    isUp = true
    cards.linkUp()
    cards.linkUp()
    expect(said).toHaveLength(500)
  })

  it('is refused while nobody knows the time, since nobody knows the month', async () => {
    const cards = await start()
    nowMs = undefined
    expect(hold(cards, '04A1B2C3')).toBe(true)
    expect([said, refused.map(({ reason }) => reason)]).toEqual([[], ['bad_time']])
  })
})

describe('the key of a month', () => {
  it('is for its owner alone, and neither it nor a plain hash gives the pseudonym', async () => {
    const cards = await start()
    hold(cards, '04A1B2C3')
    await cards.stop()
    expect((await stat(join(folder, 'card-key.json'))).mode & 0o777).toBe(0o600)
    for (const plain of ['04A1B2C3', 'cq-1 04A1B2C3', '["cq-1","04A1B2C3"]'])
      expect(pseudonyms()[0]).not.toBe(createHash('sha256').update(plain).digest('hex').slice(0, 32))
  })

  it('is destroyed when its month is over, also when no card comes: at the next start', async () => {
    const cards = await start()
    nowMs = NOVEMBER
    hold(cards, '04A1B2C3')
    await cards.stop()
    const november = JSON.parse(await readFile(join(folder, 'card-key.json'), 'utf8')) as { key: string }
    later(2 * MINUTE_MS)
    await (await start()).stop()
    expect(await readdir(folder)).toEqual([])
    const december = await start()
    hold(december, '04A1B2C3')
    await december.stop()
    expect(await readFile(join(folder, 'card-key.json'), 'utf8')).not.toContain(november.key)
  })

  it('goes when the config has no reader any more', async () => {
    const cards = await start()
    hold(cards, '04A1B2C3')
    const { cardReaders: _gone, ...without } = CONFIG
    cards.reconfigure(without)
    await cards.stop()
    expect(await readdir(folder)).toEqual([])
  })
})

describe('what a reader says', () => {
  it('on a topic of its own is never for others; on one that it shares, what is about a card is not', async () => {
    const cards = await start()
    expect(cards.isPrivate('reader/tag')).toBe(true)
    expect(cards.isPrivate('tele/fridge/SENSOR')).toBe(false)
    expect(cards.take('reader/tag', Buffer.from(''))).toBe(true)
    expect(cards.take('tele/door/SENSOR', Buffer.from('{"RC522":{"UID":"BA839D07","Type":"MIFARE 1KB"}}'))).toBe(true)
    expect(cards.take('tele/door/SENSOR', Buffer.from('{"ENERGY":{"Power":5}}'))).toBe(false)
    expect(cards.take('tele/fridge/SENSOR', Buffer.from('{"RC522":{"UID":"BA839D07"}}'))).toBe(false)
    expect(said).toHaveLength(1)
  })

  it('that is no number is refused without a word of it', () => {
    const reader = { topic: 'x', field: 'UID' }
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.string({ minLength: 5 })), value => {
        const answer = cardNumberOf(reader, Buffer.from(JSON.stringify({ UID: value })))
        if (typeof answer !== 'object') return
        expect(answer.detail).toMatch(/^card: (expected|more than) [\w ]+$/)
      }),
    )
  })

  it.each([
    ['a card that is taken away', ''],
    ['zeros', '00000000'],
    ['a reader that is gone', 'unavailable'],
    ['null', 'None'],
  ])('%s is no card', (_what, text) => {
    expect(cardNumberOf({ topic: 'x' }, Buffer.from(text))).toBeUndefined()
  })

  it.each(['abc', 'x'.repeat(65), '卡号一二三四', '{"UID":"04A1B2C3"}'])('%s is refused', text => {
    expect(cardNumberOf({ topic: 'x' }, Buffer.from(text))).toMatchObject({ reason: 'wrong_shape' })
  })
})
