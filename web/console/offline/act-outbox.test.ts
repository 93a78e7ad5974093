import type { WorkOrderDetail, WorkOrderStep } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RequestError } from '../api/request-error.ts'
import { MAX_WAITING_PHOTOS, createActOutbox } from './act-outbox.ts'
import { projectOrder } from './projected-order.ts'
import { type Asked, type WaitingAct, newKey } from './waiting-act.ts'

const ME = 'wang'

/** A server that takes acts as the real one does: by revision, once a key. */
function openServer() {
  const steps: WorkOrderStep[] = [{ seq: 1, act: 'create', at: '2026-07-30T04:00:00.000Z', to: 'open' }]
  const done = new Set<string>()
  const server = {
    isAway: false,
    losesAnswers: false,
    view: () =>
      ({
        id: 'o',
        revision: steps.length,
        history: [...steps],
        may: ['accept'],
        state: 'assigned',
      }) as unknown as WorkOrderDetail,
    step: (actor: string, act: WorkOrderStep['act']) =>
      void steps.push({
        seq: steps.length + 1,
        act,
        actor,
        actorName: actor,
        at: '2026-07-30T05:00:00.000Z',
        to: 'open',
      }),
    send: async ({ key, login, asked, revision }: WaitingAct) => {
      if (server.isAway) throw new RequestError('API_UNREACHABLE', 'away')
      if (!done.has(key)) {
        const isAdding = ['note', 'part', 'photo'].includes(asked.act)
        const isLate = steps.some(step => step.seq > revision && !['note', 'part', 'photo'].includes(step.act))
        if (!isAdding && isLate) throw new RequestError('API_CONFLICT', 'somebody was faster')
        done.add(key)
        server.step(login, asked.act)
      }
      if (server.losesAnswers) throw new RequestError('API_UNREACHABLE', 'the answer was lost')
      return server.view()
    },
    taken: () => steps.filter(({ actor }) => actor === ME).map(({ act }) => act),
  }
  return server
}

/** What a phone keeps: outlives the outbox. */
function openStore() {
  const acts = new Map<string, WaitingAct>()
  return {
    readActs: async () => [...acts.values()],
    writeAct: async (act: WaitingAct) => void acts.set(act.key, act),
    removeAct: async (key: string) => void acts.delete(key),
  }
}

const made = (asked: Asked, revision = 1, login = ME): Omit<WaitingAct, 'seq'> => ({
  key: newKey(),
  login,
  order: 'o',
  titleZh: '冰箱',
  titleEn: 'fridge',
  asked,
  revision,
  madeAtMs: 0,
})

function open(server: ReturnType<typeof openServer>, store = openStore()) {
  const outbox = createActOutbox({
    store,
    sender: { send: server.send, look: async () => server.view() },
    onOrder: () => undefined,
  })
  return { outbox, store }
}

describe('acts of a phone', () => {
  test('are taken at once while there is a network', async () => {
    const server = openServer()
    const { outbox } = open(server)
    expect(await outbox.add(made({ act: 'accept' }))).toMatchObject({ kind: 'sent' })
    expect(outbox.getState().acts).toEqual([])
  })

  test('wait without one, outlive the page, and go out in their order', async () => {
    const server = openServer()
    const { outbox, store } = open(server)
    server.isAway = true
    for (const act of ['accept', 'arrive'] as const) expect(await outbox.add(made({ act }))).toEqual({ kind: 'kept' })
    const later = open(server, store).outbox
    await later.open()
    server.isAway = false
    await later.flush(ME)
    expect(server.taken()).toEqual(['accept', 'arrive'])
    expect(await store.readActs()).toEqual([])
  })

  test('whatever is lost on the way, each is done once and in its order', async () => {
    const act = fc.constantFrom<Asked>(
      { act: 'accept' },
      { act: 'arrive' },
      { act: 'finish' },
      { act: 'note', note: 'n' },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ act, isAway: fc.boolean(), losesAnswers: fc.boolean(), isReopened: fc.boolean() }), {
          minLength: 1,
          maxLength: 12,
        }),
        async presses => {
          const server = openServer()
          const store = openStore()
          let { outbox } = open(server, store)
          for (const { act: asked, isAway, losesAnswers, isReopened } of presses) {
            server.isAway = isAway
            server.losesAnswers = losesAnswers
            // What a page shows once everything before is on the way: nobody else acts here.
            const waits = outbox.getState().acts
            await outbox.add(made(asked, waits[0]?.revision ?? server.view().revision))
            if (isReopened) {
              ;({ outbox } = open(server, store))
              await outbox.open()
            }
          }
          server.isAway = server.losesAnswers = false
          await outbox.flush(ME)
          expect(server.taken()).toEqual(presses.map(({ act: asked }) => asked.act))
          expect(outbox.getState().acts).toEqual([])
        },
      ),
      { numRuns: 200 },
    )
  })

  test('are refused with who was faster, and what builds on them is not sent; what only adds is', async () => {
    const server = openServer()
    const { outbox } = open(server)
    server.isAway = true
    for (const asked of [{ act: 'accept' }, { act: 'note', note: '门锁了' }, { act: 'arrive' }] satisfies Asked[])
      await outbox.add(made(asked))
    server.step('li', 'cancel')
    server.isAway = false
    await outbox.flush(ME)
    expect(server.taken()).toEqual(['note'])
    const { acts } = outbox.getState()
    expect(acts.map(({ asked }) => asked.act)).toEqual(['accept', 'arrive'])
    expect(acts[0]?.refused).toMatchObject({ kind: 'conflict', faster: { name: 'li', act: 'cancel' } })
    expect(acts[1]?.refused).toEqual(acts[0]?.refused)
  })

  test('that a lost answer hid are not moved past what somebody else did after them', async () => {
    const server = openServer()
    const { outbox } = open(server)
    server.losesAnswers = true
    await outbox.add(made({ act: 'accept' }))
    await outbox.add(made({ act: 'arrive' }))
    server.step('li', 'cancel')
    server.losesAnswers = false
    await outbox.flush(ME)
    expect(server.taken()).toEqual(['accept'])
    expect(outbox.getState().acts[0]?.refused?.faster).toMatchObject({ name: 'li', act: 'cancel' })
  })

  test('are sent by nobody else’s session, and forgotten when their owner signs out', async () => {
    const server = openServer()
    const { outbox, store } = open(server)
    server.isAway = true
    await outbox.add(made({ act: 'accept' }))
    server.isAway = false
    await outbox.flush('li')
    expect(server.taken()).toEqual([])
    await outbox.forget('li')
    expect(await store.readActs()).toHaveLength(1)
    await outbox.forget(ME)
    expect(await store.readActs()).toEqual([])
  })

  test('do not fill the phone', async () => {
    const server = openServer()
    const { outbox } = open(server)
    server.isAway = true
    const photo = { act: 'photo', blob: new Blob(['x']) } as const
    for (let taken = 0; taken < MAX_WAITING_PHOTOS; taken += 1) await outbox.add(made(photo))
    expect(await outbox.add(made(photo))).toEqual({ kind: 'full' })
    expect(await outbox.add(made({ act: 'note', note: 'n' }))).toEqual({ kind: 'kept' })
  })
})

describe('an order with acts that wait', () => {
  const order = {
    id: 'o',
    state: 'assigned',
    may: ['accept', 'note', 'photo'],
    costFen: 0,
    createdAt: '2026-07-30T04:00:00.000Z',
  } as unknown as WorkOrderDetail
  const waiting = (...asked: Asked[]): WaitingAct[] => asked.map((one, seq) => ({ ...made(one), seq }))

  test('is shown as it will be: accepted, on site, done', () => {
    const me = { login: ME, name: '王师傅' }
    const steps = waiting({ act: 'accept' }, { act: 'arrive' }, { act: 'finish' })
    const seen = [1, 2, 3].map(count => projectOrder(order, steps.slice(0, count), me))
    expect(seen.map(({ state }) => state)).toEqual(['accepted', 'on_site', 'done'])
    expect(seen.map(({ may }) => ['accept', 'arrive', 'finish'].filter(act => may.includes(act as 'accept')))).toEqual([
      ['arrive'],
      ['finish'],
      [],
    ])
    expect(seen[0]).toMatchObject({ assignee: ME, assigneeName: '王师傅' })
  })

  test('what was refused changes nothing', () => {
    const [act] = waiting({ act: 'accept' })
    const refused = { ...act, refused: { kind: 'conflict', message: '' } } as WaitingAct
    expect(projectOrder(order, [refused], { login: ME, name: '' })).toEqual(order)
  })
})
