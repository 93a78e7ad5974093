import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GatewayConfig, encodeJson } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStationClock } from '../clock/station-clock.ts'
import { openOutbox } from '../outbox/open-outbox.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { type Intake, type LanMessage, createIntake } from './intake.ts'
import { type Session, createReplays } from './replays.ts'

const CONFIG: GatewayConfig = {
  version: 1,
  gateway: 'gw',
  station: 'st',
  district: '500103',
  timeZone: 'Asia/Shanghai',
  devices: [{ id: 'plug', vendor: 'tasmota', address: 'plug' }],
}
const NOW = Date.UTC(2026, 6, 30, 4)
const machine = { clock: () => NOW, boot: 'b', upMs: () => 1_000, isSynchronised: () => undefined }
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('the intake', () => {
  let dir: string
  let outbox: Outbox
  let committed: number
  let session: Session

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'intake-'))
    outbox = openOutbox(join(dir, 'outbox.sqlite'), { maxBytes: 2 ** 20 }, { clock: () => NOW, log: SILENT })
    committed = 0
    session = createReplays([]).open('DVES_1')
  })
  afterEach(() => {
    outbox.close()
    rmSync(dir, { recursive: true })
  })

  const open = (box = outbox) =>
    createIntake(CONFIG, {
      outbox: box,
      clock: () => NOW,
      stationClock: createStationClock(machine, undefined),
      log: SILENT,
      onHeard: () => undefined,
      onStranger: () => undefined,
      onCommitted: () => (committed += 1),
      onNoted: () => undefined,
    })
  const power = (value: unknown, more: Partial<LanMessage> = {}): LanMessage => ({
    topic: 'tele/plug/SENSOR',
    payload: encodeJson({ ENERGY: { Power: value } }),
    qos: 1,
    dup: false,
    messageId: 7,
    session,
    ...more,
  })
  const send = (intake: ReturnType<typeof open>, message: LanMessage) =>
    new Promise<number>((resolve, reject) => {
      intake.accept(message, error => (error === undefined ? resolve(outbox.depth()) : reject(error)))
    })
  const powers = () => outbox.read({ firstId: 1, lastId: 1_000 }).map(({ value }) => value)

  it('says done only when the reading is in the outbox', async () => {
    expect(await send(open(), power(5))).toBe(1)
    expect(powers()).toEqual([5])
  })

  it('keeps what arrives together in one commit', async () => {
    const intake = open()
    await Promise.all([1, 2, 3].map(value => send(intake, power(value, { messageId: value }))))
    expect(committed).toBe(1)
    expect(powers()).toEqual([1, 2, 3])
  })

  it('takes no retransmission for a second reading, neither at once, nor later, nor after a restart', async () => {
    const intake = open()
    await Promise.all([send(intake, power(5)), send(intake, power(5, { dup: true }))])
    await send(intake, power(6, { messageId: 8 }))
    await send(intake, power(5, { dup: true }))
    intake.stop()
    outbox.close()
    outbox = openOutbox(join(dir, 'outbox.sqlite'), { maxBytes: 2 ** 20 }, { clock: () => NOW, log: SILENT })
    const after = open()
    await send(after, power(5, { dup: true }))
    await send(after, power(6, { messageId: 8, dup: true }))
    expect(powers()).toEqual([5, 6])
  })

  it('keeps a retransmission of what never came to be committed', async () => {
    await send(open(), power(5, { dup: true }))
    expect(powers()).toEqual([5])
  })

  it('keeps a new message that only looks like an old one', async () => {
    const intake = open()
    await send(intake, power(5))
    await send(intake, power(6, { messageId: 8 }))
    await send(intake, power(5))
    expect(powers()).toEqual([5, 6, 5])
  })

  it('takes no message sent again without DUP for a second reading, on a new connection or after a restart', async () => {
    const intake = open()
    await send(intake, power(5))
    intake.close(session, false)
    session = intake.open('DVES_1')
    await send(intake, power(5))
    await send(intake, power(6, { messageId: 8 }))
    intake.stop()
    outbox.close()
    outbox = openOutbox(join(dir, 'outbox.sqlite'), { maxBytes: 2 ** 20 }, { clock: () => NOW, log: SILENT })
    const after = open()
    session = after.open('DVES_1')
    await send(after, power(6, { messageId: 8 }))
    await send(after, power(7, { messageId: 9 }))
    expect(powers()).toEqual([5, 6, 7])
  })

  it.each([
    ['on the same connection', () => undefined],
    ['after a goodbye', intake => intake.close(session, true)],
    ['from another client', intake => intake.close(session, false), 'DVES_2'],
  ] satisfies [string, (intake: Intake) => void, string?][])(
    'keeps the same words under the same number %s',
    async (_where, end, client = 'DVES_1') => {
      const intake = open()
      await send(intake, power(5))
      await send(intake, power(6, { messageId: 8 }))
      end(intake)
      if (session.hasEnded) session = intake.open(client)
      await send(intake, power(5))
      expect(powers()).toEqual([5, 6, 5])
    },
  )

  it('keeps a message sent again whose commit had failed', async () => {
    let isFull = true
    const box: Outbox = {
      ...outbox,
      commit: batch => {
        if (isFull) throw new Error('database or disk is full')
        outbox.commit(batch)
      },
    }
    const intake = open(box)
    await expect(send(intake, power(5))).rejects.toThrow(/outbox/)
    intake.close(session, false)
    isFull = false
    session = intake.open('DVES_1')
    await send(intake, power(5))
    expect(powers()).toEqual([5])
  })

  it('hands the sender an error when the disk refuses, and goes on', async () => {
    const failing: Outbox = {
      ...outbox,
      commit: () => {
        throw new Error('database or disk is full')
      },
    }
    await expect(send(open(failing), power(5))).rejects.toMatchObject({ code: 'GATEWAY_OUTBOX_UNAVAILABLE' })
    expect(await send(open(), power(6))).toBe(1)
  })

  it('takes nothing after its stop, and keeps what came before', async () => {
    const intake = open()
    const pending = send(intake, power(5))
    intake.stop()
    expect(await pending).toBe(1)
    await expect(send(intake, power(6))).rejects.toMatchObject({ code: 'GATEWAY_STOPPING' })
  })

  it('names at most 50 unknown devices, each in at most 120 characters', async () => {
    const intake = open()
    for (let n = 0; n < 80; n += 1) await send(intake, power(1, { topic: `tele/${'x'.repeat(200)}${n}/SENSOR` }))
    expect(intake.unconfigured()).toEqual([`tasmota:${'x'.repeat(112)}`])
    for (let n = 0; n < 80; n += 1) await send(intake, power(1, { topic: `tele/y${n}/SENSOR` }))
    expect(intake.unconfigured().length).toBe(50)
    expect(outbox.depth()).toBe(0)
  })
})
