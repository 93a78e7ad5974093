import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type LanesState,
  PACK_READINGS,
  hasBacklog,
  initialLanes,
  refill,
  refocus,
  refocusIfBehind,
  takeBacklog,
  takeLive,
} from './lanes.ts'
import { INITIAL_WINDOW, MAX_IN_FLIGHT, type Pack, type WindowInput, baseOf, hasRoom, step } from './window.ts'

/** The outbox as far as lanes ask of it: ids in order. */
function createRows() {
  const ids = new Set<number>()
  let lastId = 0
  return {
    ids,
    lastId: () => lastId,
    add: (count: number) => {
      for (let n = 0; n < count; n += 1) ids.add((lastId += 1))
    },
    remove: ({ firstId, lastId: last }: Pack) => {
      for (let id = firstId; id <= last; id += 1) ids.delete(id)
    },
    slice: (fromId: number, toId: number, limit: number) => {
      const found: number[] = []
      for (const id of ids) {
        if (id > toId || found.length === limit) break
        if (id >= fromId) found.push(id)
      }
      const [firstId] = found
      return firstId === undefined ? undefined : { firstId, lastId: found.at(-1) ?? firstId, count: found.length }
    },
  }
}

/** The server as the envelope's contract has it: it trusts `base` of a run it does not know, and acknowledges without gaps. */
function createServer() {
  const stored = new Set<number>()
  let runs = new Map<string, { durable: number; ahead: Set<number> }>()
  return {
    stored,
    restart: () => (runs = new Map()),
    take: (boot: string, base: number, pack: Pack & { ids: number[] }): number => {
      for (const id of pack.ids) stored.add(id)
      const run = runs.get(boot) ?? { durable: base - 1, ahead: new Set<number>() }
      runs.set(boot, run)
      run.ahead.add(pack.seq)
      // Also of a run it knows: the ack of a number below may have been said before a restart.
      run.durable = Math.max(run.durable, base - 1)
      while (run.ahead.delete(run.durable + 1)) run.durable += 1
      return run.durable
    },
  }
}

type Event =
  | { kind: 'commit'; count: number }
  | { kind: 'pass'; ms: number }
  | { kind: 'arrive'; at: number; isLost: boolean }
  | { kind: 'ack'; at: number; isLost: boolean; isTwice: boolean }
  | { kind: 'break' | 'restart-gateway' | 'restart-server' }

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(700).map((count): Event => ({ kind: 'commit', count })) },
  { weight: 4, arbitrary: fc.nat(9_000).map((ms): Event => ({ kind: 'pass', ms })) },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('arrive' as const), at: fc.nat(20), isLost: fc.boolean() }) },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('ack' as const),
      at: fc.nat(20),
      isLost: fc.boolean(),
      isTwice: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Event>({ kind: 'break' }, { kind: 'restart-gateway' }, { kind: 'restart-server' }),
  },
)

/** Gateway, network and server in one model; `play` applies a random event, `settle` lets all arrive. */
function createModel() {
  const rows = createRows()
  const server = createServer()
  let window = INITIAL_WINDOW
  let lanes: LanesState = initialLanes(0, 0)
  let nowMs = 0
  let boot = 0
  let toServer: (Pack & { ids: number[]; base: number; boot: string })[] = []
  let toGateway: { boot: string; seq: number }[] = []

  const advance = (input: WindowInput) => {
    const { state, effects } = step(window, input, { nowMs, random: 0.5 })
    window = state
    expect(window.inFlight.length).toBeLessThanOrEqual(MAX_IN_FLIGHT)
    for (const pack of effects.acked) {
      // Nothing leaves the outbox that the server has not stored.
      for (let id = pack.firstId; id <= pack.lastId; id += 1) {
        expect(!rows.ids.has(id) || server.stored.has(id)).toBe(true)
      }
      rows.remove(pack)
    }
    for (const pack of effects.send) {
      const ids = [...rows.ids].filter(id => id >= pack.firstId && id <= pack.lastId)
      toServer.push({ ...pack, ids, base: Math.min(pack.seq, baseOf(window)), boot: `b${boot}` })
    }
  }
  const pump = () => {
    advance({ kind: 'tick' })
    lanes = refill(refocusIfBehind(lanes, rows.lastId()), 2_000, nowMs)
    while (hasRoom(window, 'live')) {
      const taken = takeLive(lanes, rows.slice)
      lanes = taken.state
      if (taken.slice === undefined) break
      advance({ kind: 'offer', pack: { lane: 'live', ...taken.slice } })
    }
    while (hasBacklog(lanes) && hasRoom(window, 'backlog') && lanes.tokens > 0) {
      const taken = takeBacklog(lanes, window.inFlight, rows.slice)
      lanes = taken.state
      if (taken.slice !== undefined) advance({ kind: 'offer', pack: { lane: 'backlog', ...taken.slice } })
    }
    const flying = window.inFlight.flatMap(({ firstId, lastId }) =>
      [...rows.ids].filter(id => id >= firstId && id <= lastId),
    )
    expect(new Set(flying).size).toBe(flying.length) // no reading is in two packs at once
  }
  const up = () => {
    lanes = refocus(lanes, rows.lastId())
    advance({ kind: 'up' })
  }
  const arrive = (index: number) => {
    const [pack] = toServer.splice(index, 1)
    if (pack === undefined) return
    const durable = server.take(pack.boot, pack.base, pack)
    if (durable > 0) toGateway.push({ boot: pack.boot, seq: durable })
  }
  const hear = (ack: { boot: string; seq: number } | undefined) => {
    if (ack?.boot === `b${boot}`) advance({ kind: 'ack', seq: ack.seq })
  }
  up()
  return {
    rows,
    server,
    play: (next: Event) => {
      switch (next.kind) {
        case 'commit':
          rows.add(next.count)
          break
        case 'pass':
          nowMs += next.ms
          break
        case 'arrive':
          if (next.isLost) toServer.splice(next.at, 1)
          else arrive(next.at)
          break
        case 'ack': {
          const [ack] = toGateway.splice(next.at, 1)
          if (next.isLost) break
          hear(ack)
          if (next.isTwice) hear(ack)
          break
        }
        case 'break':
          advance({ kind: 'down' })
          up()
          break
        case 'restart-gateway':
          boot += 1
          window = INITIAL_WINDOW
          lanes = initialLanes(rows.lastId(), nowMs)
          up()
          break
        case 'restart-server':
          server.restart()
          break
      }
      pump()
    },
    settle: () => {
      for (let round = 0; round < 2_000 && rows.ids.size > 0; round += 1) {
        nowMs += 1_000
        pump()
        while (toServer.length > 0) arrive(0)
        for (const ack of toGateway.splice(0)) hear(ack)
      }
    },
  }
}

describe('lanes and window together', () => {
  it('deliver every reading at last, and drop none before its ack, through losses, disorder, and restarts of both ends', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), events => {
        const model = createModel()
        for (const next of events) model.play(next)
        const committed = model.rows.lastId()
        model.settle()
        expect(model.rows.ids.size).toBe(0)
        expect(model.server.stored.size).toBe(committed)
      }),
      { numRuns: 150 },
    )
  })

  it('send the newest pack first after an outage, and the oldest of the rest next', () => {
    const rows = createRows()
    rows.add(5_000)
    const lanes = refocus(initialLanes(5_000, 0), 5_000)
    const first = takeLive({ ...lanes, liveNextId: lanes.liveStartId }, rows.slice)
    expect(first.slice).toBeUndefined() // all of it is older than the start
    rows.add(3_000)
    const back = refocus(lanes, 8_000)
    expect(takeLive(back, rows.slice).slice).toMatchObject({ firstId: 8_000 - PACK_READINGS + 1, lastId: 8_000 })
    expect(takeBacklog(back, [], rows.slice).slice).toMatchObject({ firstId: 1, lastId: PACK_READINGS })
  })

  it("bound the backlog's rate, not counting what was saved up beyond a second", () => {
    const state = { ...initialLanes(0, 0), tokens: -150 }
    expect(refill(state, 100, 1_000).tokens).toBe(-50)
    expect(refill(state, 100, 60_000).tokens).toBe(100)
    expect(refill(state, 100, -5_000).tokens).toBe(-150)
  })
})
