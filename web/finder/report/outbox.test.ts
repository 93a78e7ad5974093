import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VisitorFailure } from '../station/visitor-api.ts'
import { type KeptReport, MAX_KEPT, MAX_WAITING, type ReportSender, type ReportStore, createOutbox } from './outbox.ts'

/** What the phone keeps, without a browser. */
function memoryStore(): ReportStore {
  const kept = new Map<string, KeptReport>()
  return {
    all: async () => [...kept.values()],
    put: async report => void kept.set(report.request.key, report),
    remove: async key => void kept.delete(key),
  }
}

/** What happens to one try: it works, gets lost on the way there or back, or is turned away. */
type Fate = 'works' | 'lost' | 'answerLost' | 'limited' | 'refused'

/** The server's side: one report a key, one photo a number; what came first stays. */
function server(fates: Fate[]) {
  const reports = new Map<string, number>()
  const photos = new Map<string, number>()
  const meet = (record: () => void) => {
    const fate = fates.shift() ?? 'works'
    if (fate === 'lost') throw new VisitorFailure('unreachable', 'lost')
    if (fate === 'limited' || fate === 'refused') throw new VisitorFailure(fate, fate)
    record()
    if (fate === 'answerLost') throw new VisitorFailure('unreachable', 'answer lost')
  }
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1)
  const sender: ReportSender = {
    send: async ({ request }) => meet(() => void count(reports, request.key)),
    sendPhoto: async ({ key, number }, onShare) => {
      onShare(0.5)
      // The real server refuses photos of a report that it does not have.
      if (!reports.has(key)) throw new VisitorFailure('refused', 'no such report')
      meet(() => void count(photos, `${key} ${number}`))
    },
  }
  return { sender, reports, photos }
}

let written = 0
function report(key: string, photos = 0, changes: Partial<KeptReport> = {}): KeptReport {
  written += 1
  return {
    request: { key, topic: 'broken', photos },
    station: 'a',
    stationNameZh: '甲',
    stationNameEn: 'A',
    applianceKind: undefined,
    writtenAtMs: written,
    state: 'waiting',
    told: false,
    photosDone: 0,
    photos: Array.from({ length: photos }, () => new Blob(['x'])),
    photosRefused: 0,
    ...changes,
  }
}

describe('the outbox', () => {
  it('sends the report, then its photos in their order, and keeps it without them', async () => {
    const { sender, reports, photos } = server([])
    const outbox = createOutbox(memoryStore(), sender)
    await outbox.add(report('k', 2))
    await outbox.flush()
    expect([...reports.keys()]).toEqual(['k'])
    expect([...photos.keys()]).toEqual(['k 1', 'k 2'])
    expect(outbox.getState()).toMatchObject({
      reports: [{ state: 'sent', photosDone: 2, photos: [], photosRefused: 0 }],
      progress: undefined,
      stopped: undefined,
    })
  })

  it('keeps what could not be sent and says why', async () => {
    const { sender, reports } = server(['lost', 'limited', 'works'])
    const outbox = createOutbox(memoryStore(), sender)
    await outbox.add(report('k'))
    await outbox.flush()
    expect(outbox.getState().stopped).toBe('unreachable')
    await outbox.flush()
    expect(outbox.getState()).toMatchObject({ stopped: 'limited', reports: [{ state: 'waiting' }] })
    await outbox.flush()
    expect(outbox.getState()).toMatchObject({ stopped: undefined, reports: [{ state: 'sent' }] })
    expect(reports.size).toBe(1)
  })

  it('goes on with the photo at which it was cut off, in another visit too', async () => {
    const { sender, photos } = server(['works', 'works', 'lost'])
    const store = memoryStore()
    await createOutbox(store, sender).add(report('k', 3))
    await createOutbox(store, sender).flush()
    expect([...photos.keys()]).toEqual(['k 1'])
    await createOutbox(store, sender).flush()
    expect([...photos]).toEqual([
      ['k 1', 1],
      ['k 2', 1],
      ['k 3', 1],
    ])
  })

  it('does not try again what the server will never take, and goes on with the next', async () => {
    const { sender, reports } = server(['refused', 'works'])
    const outbox = createOutbox(memoryStore(), sender)
    await outbox.add(report('bad', 1))
    await outbox.add(report('good'))
    await outbox.flush()
    expect(outbox.getState().reports?.map(({ request, state }) => [request.key, state])).toEqual([
      ['good', 'sent'],
      ['bad', 'refused'],
    ])
    expect([...reports.keys()]).toEqual(['good'])
  })

  it('counts a photo that is not taken and sends the others', async () => {
    const { sender, photos } = server(['works', 'refused', 'works'])
    const outbox = createOutbox(memoryStore(), sender)
    await outbox.add(report('k', 2))
    await outbox.flush()
    expect([...photos.keys()]).toEqual(['k 2'])
    expect(outbox.getState().reports?.[0]).toMatchObject({ state: 'sent', photosRefused: 1 })
  })

  it('keeps no more than it may', async () => {
    const outbox = createOutbox(memoryStore(), server(['lost']).sender)
    for (let number = 0; number < MAX_WAITING; number += 1) expect(await outbox.add(report(`k${number}`))).toBe(true)
    expect(await outbox.add(report('one more'))).toBe(false)
    await outbox.flush()
    await outbox.flush()
    for (let number = 0; number < MAX_KEPT; number += 1) {
      await outbox.add(report(`later${number}`))
      await outbox.flush()
    }
    expect(outbox.getState().reports).toHaveLength(MAX_KEPT)
    expect(outbox.getState().reports?.[0]?.request.key).toBe(`later${MAX_KEPT - 1}`)
  })

  it('loses and doubles nothing, whatever the network does, with two tabs sending at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom<Fate>('works', 'lost', 'answerLost', 'limited'), { maxLength: 25 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
        async (fates, photoCounts) => {
          const { sender, reports, photos } = server(fates)
          const store = memoryStore()
          const tabs = [createOutbox(store, sender), createOutbox(store, sender)] as const
          for (const [index, count] of photoCounts.entries()) await tabs[0].add(report(`k${index}`, count))
          for (let tries = 0; tries < 30; tries += 1) await Promise.all(tabs.map(tab => tab.flush()))
          expect(reports.size).toBe(photoCounts.length)
          expect(photos.size).toBe(photoCounts.reduce((sum, count) => sum + count, 0))
          expect((await store.all()).every(({ state }) => state === 'sent')).toBe(true)
        },
      ),
    )
  })
})
