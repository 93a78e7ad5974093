import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cloudEvent } from '../../test/contract-server.ts'
import { type FeedEntry, createFeedWalk } from './feed-walk.ts'

/** What can happen to a reader and its server. `restart`: stopped and started; `new database`: the cursor is gone. */
const stepArbitrary = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constant('walk' as const), stopAfter: fc.integer({ min: 0, max: 12 }) }),
  fc.constant({ kind: 'restart' as const }),
  fc.constant({ kind: 'read fails' as const }),
  fc.constant({ kind: 'put is lost' as const }),
  fc.constant({ kind: 'put is done, its answer lost' as const }),
  fc.constant({ kind: 'delivery fails' as const }),
  fc.constant({ kind: 'answer overlaps and is in disorder' as const }),
)
type Step = typeof stepArbitrary extends fc.Arbitrary<infer Value> ? Value : never

class Lost extends Error {}

function createWorld() {
  const feed: FeedEntry[] = []
  const handedOn: number[] = []
  const server = { after: 0 }
  const memory: { after: number | undefined } = { after: undefined }
  /** Faults that wait for their moment. */
  const faults = new Set<Step['kind']>()
  const strike = (kind: Step['kind']) => faults.delete(kind)

  const walk = () =>
    createFeedWalk({
      read: async after => {
        if (strike('read fails')) throw new Lost()
        const rest = feed.filter(({ seq }) => seq > after)
        const events = rest.slice(0, 5)
        const next = events.at(-1)?.seq ?? after
        const untidy = strike('answer overlaps and is in disorder')
        const before = feed.filter(({ seq }) => seq <= after).slice(-3)
        return {
          events: untidy ? [...events.toReversed(), ...before, ...events] : events,
          next,
          hasMore: rest.length > events.length,
          isGap: false,
        }
      },
      readCursor: async () => ({ consumer: 'night', after: server.after, isNew: false }),
      putCursor: async after => {
        if (strike('put is lost')) throw new Lost()
        server.after = Math.max(server.after, after)
        if (strike('put is done, its answer lost')) throw new Lost()
      },
      recall: async () => memory.after,
      remember: async after => {
        memory.after = after
      },
      deliver: async ({ seq }) => {
        if (strike('delivery fails')) throw new Lost()
        handedOn.push(seq)
      },
      onGap: () => {
        throw new Error('there is no gap in this world')
      },
    })
  return { feed, handedOn, server, memory, faults, walk }
}

const walkQuietly = async (walk: ReturnType<typeof createFeedWalk>, stopAfter: number): Promise<void> => {
  let looks = 0
  await walk
    .run(() => (looks += 1) > stopAfter)
    .catch((error: unknown) => {
      if (!(error instanceof Lost)) throw error
    })
}

async function live(steps: readonly Step[]): Promise<ReturnType<typeof createWorld>> {
  const world = createWorld()
  let walk = world.walk()
  for (const step of steps) {
    if (step.kind === 'append') {
      for (let n = 0; n < step.count; n += 1) {
        const seq = (world.feed.at(-1)?.seq ?? 0) + 1
        world.feed.push({ seq, event: cloudEvent(seq, 'alert-raised', {}) })
      }
    } else if (step.kind === 'walk') await walkQuietly(walk, step.stopAfter)
    else if (step.kind === 'restart') walk = world.walk()
    else world.faults.add(step.kind)
  }
  world.faults.clear()
  await walk.run(() => false)
  return world
}

test('whatever is cut off, lost, doubled or in disorder, each event is handed on once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 40 }), async steps => {
      const { feed, handedOn, server } = await live(steps)
      expect(handedOn).toEqual(feed.map(({ seq }) => seq))
      expect(server.after).toBe(feed.at(-1)?.seq ?? 0)
    }),
    { numRuns: 500 },
  )
})

test('a crash that forgets what was kept here loses nothing, and hands on again only what the server was not told', async () => {
  const world = createWorld()
  for (let seq = 1; seq <= 8; seq += 1) world.feed.push({ seq, event: cloudEvent(seq, 'alert-raised', {}) })
  // Eight looks: the first page of five is handed on and stored, one event of the second is handed on.
  await walkQuietly(world.walk(), 8)
  expect(world.handedOn).toEqual([1, 2, 3, 4, 5, 6])
  world.server.after = 5
  world.memory.after = undefined
  await world.walk().run(() => false)
  expect(world.handedOn).toEqual([1, 2, 3, 4, 5, 6, 6, 7, 8])
})

test('a feed that begins anew is read from where the server says, not from what was remembered of another', async () => {
  const remembered: number[] = []
  const puts: number[] = []
  const walk = createFeedWalk({
    read: async after => ({ events: [], next: after, hasMore: false, isGap: false }),
    readCursor: async () => ({ consumer: 'night', after: 3, isNew: true }),
    putCursor: async after => void puts.push(after),
    recall: async () => 5_000,
    remember: async after => void remembered.push(after),
    deliver: async () => {},
    onGap: () => {},
  })
  await walk.run(() => false)
  expect({ puts, remembered, after: walk.after() }).toEqual({ puts: [3], remembered: [3], after: 3 })
})

test('an answer that says there is more and brings nothing does not keep the reader turning', async () => {
  let reads = 0
  const walk = createFeedWalk({
    read: async after => {
      reads += 1
      return { events: [], next: after, hasMore: true, isGap: false }
    },
    readCursor: async () => ({ consumer: 'night', after: 3, isNew: false }),
    putCursor: async () => {},
    recall: async () => undefined,
    remember: async () => {},
    deliver: async () => {},
    onGap: () => {},
  })
  await walk.run(() => false)
  expect(reads).toBe(1)
})
