import type { NoticeDetail } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { RequestError } from '../api/request-error.ts'
import type { AnswerStore, WaitingAnswer } from './answer-store.ts'
import { sendAnswers } from './send-answers.ts'

function storeOf(...given: WaitingAnswer[]): AnswerStore & { left: () => WaitingAnswer[] } {
  const kept = new Map(given.map(answer => [answer.key, answer]))
  return {
    all: async () => [...kept.values()],
    put: async answer => void kept.set(answer.key, answer),
    remove: async key => void kept.delete(key),
    left: () => [...kept.values()],
  }
}
const answer = (key: string, madeAtMs: number, more: Partial<WaitingAnswer> = {}): WaitingAnswer => ({
  key,
  login: 'keeper',
  notice: 'n',
  asked: { act: 'done', receipts: [1] },
  madeAtMs,
  ...more,
})
const photo = (key: string, madeAtMs: number) => answer(key, madeAtMs, { asked: { n: 1, blob: new Blob(['x']) } })

function apiOf(sent: string[], failing?: RequestError['code']) {
  const take = async (what: string) => {
    if (failing !== undefined) throw new RequestError(failing, 'no')
    sent.push(what)
    return { id: 'n' } as NoticeDetail
  }
  return {
    act: async (_: string, { act, key }: { act: string; key: string }) => take(`${act} ${key}`),
    addPhoto: async () => take('photo'),
  }
}

test('a photo goes before the word that needs it, whatever order they lie in, and the phone is empty then', async () => {
  const store = storeOf(answer('b', 2), photo('a', 1), answer('c', 3, { login: 'other' }))
  const sent: string[] = []
  await sendAnswers({ store, api: apiOf(sent), login: 'keeper', onNotice: ({ id }) => sent.push(id) })
  expect(sent).toEqual(['photo', 'n', 'done b', 'n'])
  expect(store.left().map(({ key }) => key)).toEqual(['c'])
})

test('without a network nothing is lost, and what is refused stays with its words and is not sent again', async () => {
  const store = storeOf(photo('a', 1), answer('b', 2))
  const sent: string[] = []
  const sending = { store, login: 'keeper', onNotice: () => undefined }
  await sendAnswers({ ...sending, api: apiOf(sent, 'API_UNREACHABLE') })
  expect(store.left().map(({ reason }) => reason)).toEqual([undefined, undefined])
  await sendAnswers({ ...sending, api: apiOf(sent, 'API_CONFLICT') })
  expect(store.left().map(({ reason }) => reason)).toEqual(['no', 'no'])
  await sendAnswers({ ...sending, api: apiOf(sent) })
  expect(sent).toEqual([])
})
