import type { NoticeDetail } from '@harbor/protocol'
import type { NoticesApi } from '../api/notices-api.ts'
import { RequestError } from '../api/request-error.ts'
import type { AnswerStore, WaitingAnswer } from './answer-store.ts'

/** Asking again could not help. */
const FINAL: readonly RequestError['code'][] = ['API_CONFLICT', 'API_FORBIDDEN', 'API_NOT_FOUND', 'API_REFUSED']

export interface AnswerSending {
  store: AnswerStore
  api: Pick<NoticesApi, 'act' | 'addPhoto'>
  login: string
  /** An order as it is after an answer was taken. */
  onNotice: (notice: NoticeDetail) => void
}

/**
 * Sends what waits of this login in the order of the presses: "done" comes after its photo. What the server refuses stays with its words;
 * without a network all of it stays.
 */
export async function sendAnswers({ store, api, login, onNotice }: AnswerSending): Promise<void> {
  const waiting = (await store.all())
    .filter(answer => answer.login === login && answer.reason === undefined)
    .sort((a, b) => a.madeAtMs - b.madeAtMs)
  for (const answer of waiting) {
    try {
      const notice = await send(answer, api)
      await store.remove(answer.key)
      onNotice(notice)
    } catch (error) {
      const isFinal = error instanceof RequestError && FINAL.includes(error.code)
      if (!isFinal) return
      await store.put({ ...answer, reason: error.message })
    }
  }
}

function send({ key, notice, asked }: WaitingAnswer, api: AnswerSending['api']): Promise<NoticeDetail> {
  return 'blob' in asked ? api.addPhoto(notice, asked.n, asked.blob) : api.act(notice, { ...asked, key })
}
