import { checklistFillRequestSchema, checklistTemplateSchema } from '@harbor/protocol'
import { describe, expect, test } from 'vitest'
import type { ChecklistsApi } from '../api/care-api.ts'
import { RequestError } from '../api/request-error.ts'
import { type Draft, newKey, openLine, requestOf } from './draft.ts'
import type { DraftStore } from './draft-store.ts'
import { sendDrafts } from './send-drafts.ts'

const line = (id: string, rest: object) => ({ id, labelZh: id, labelEn: id, ...rest })
const template = checklistTemplateSchema.parse({
  id: 'six',
  version: 3,
  createdAt: '2026-07-30T04:00:00.000Z',
  titleZh: '检查',
  titleEn: 'Check',
  use: 'inspection',
  lines: [
    line('sign', { type: 'pass_fail' }),
    line('front', { type: 'photo' }),
    line('more', { type: 'text', isOptional: true }),
  ],
})
const photo = (of: string) => ({ line: of, blob: new Blob(['x']) })

function draft(rest: Partial<Draft> = {}): Draft {
  return {
    key: newKey(),
    login: 'wang',
    template,
    station: 's-1',
    state: 'waiting',
    filledAt: '2026-07-30T04:00:00.000Z',
    answers: { sign: { value: 'pass' } },
    photos: [photo('front')],
    ...rest,
  }
}

/** What is kept in memory, as the phone's own store would. */
function memory(kept: Draft[]): DraftStore & { kept: Map<string, Draft> } {
  const map = new Map(kept.map(one => [one.key, one]))
  return {
    kept: map,
    all: () => Promise.resolve([...map.values()]),
    put: one => Promise.resolve(void map.set(one.key, one)),
    remove: key => Promise.resolve(void map.delete(key)),
  }
}
function server(answer: (path: string) => void) {
  const calls: string[] = []
  const say = (path: string) => {
    calls.push(path)
    answer(path)
    return Promise.resolve({} as never)
  }
  const api = {
    submit: ({ key }) => say(key),
    addPhoto: place => say(`${place.line}/${place.n}`),
  } satisfies Partial<ChecklistsApi>
  return { calls, api: api as unknown as ChecklistsApi }
}

describe('a draft', () => {
  test('is sent with the lines that have an answer, as the server takes it', () => {
    const request = requestOf(draft({ answers: { sign: { value: 'fail', note: ' 掉了 ' }, more: { value: '' } } }))
    expect(checklistFillRequestSchema.parse(request).answers).toEqual([
      { line: 'sign', value: 'fail', note: '掉了', photos: 0 },
      { line: 'front', photos: 1 },
    ])
  })

  test('is open at the first line that wants an answer', () => {
    expect(openLine(draft({ answers: {} }))?.id).toBe('sign')
    expect(openLine(draft({ photos: [] }))?.id).toBe('front')
    expect(openLine(draft())).toBeUndefined()
  })
})

describe('sending', () => {
  test('takes the oldest first, of this person alone, each with its pictures, and forgets what arrived', async () => {
    const old = draft({ filledAt: '2026-07-29T04:00:00.000Z' })
    const young = draft({ photos: [photo('front'), photo('front')] })
    const others = draft({ login: 'li' })
    const half = draft({ state: 'filling' })
    const store = memory([young, others, half, old])
    const { calls, api } = server(() => undefined)
    expect(await sendDrafts(store, api, 'wang')).toBe(2)
    expect(calls).toEqual([old.key, 'front/1', young.key, 'front/1', 'front/2'])
    expect([...store.kept.keys()].sort()).toEqual([others.key, half.key].sort())
  })

  test('that loses the network between a checklist and its picture keeps it, and sends all of it again', async () => {
    const one = draft()
    const store = memory([one])
    const broken = server(path => {
      if (path === 'front/1') throw new RequestError('API_UNREACHABLE', 'gone')
    })
    expect(await sendDrafts(store, broken.api, 'wang')).toBe(0)
    expect(store.kept.get(one.key)?.state).toBe('waiting')
    const { calls, api } = server(() => undefined)
    expect(await sendDrafts(store, api, 'wang')).toBe(1)
    expect(calls).toEqual([one.key, 'front/1'])
  })

  test('that is refused keeps it with the reason, and goes on with the others', async () => {
    const bad = draft({ filledAt: '2026-07-29T04:00:00.000Z' })
    const good = draft()
    const store = memory([bad, good])
    const { api } = server(path => {
      if (path === bad.key) throw new RequestError('API_NOT_FOUND', 'there is no station')
    })
    expect(await sendDrafts(store, api, 'wang')).toBe(1)
    expect(store.kept.get(bad.key)).toMatchObject({ state: 'refused', reason: 'there is no station' })
    expect(store.kept.has(good.key)).toBe(false)
  })
})
