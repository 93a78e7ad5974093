import type { NoticeAct } from '@harbor/protocol'
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

/** What a person answers for a receipt of theirs: a word, or a photo as proof. */
export type AnswerAsked = Omit<NoticeAct, 'key'> | { n: number; blob: Blob }

/** An answer on its way to the server: on the phone from the press until the server has it. `reason`: it was refused. */
export interface WaitingAnswer {
  /** 128 random bits in hex: the same answer sent twice is one. */
  key: string
  login: string
  notice: string
  asked: AnswerAsked
  madeAtMs: number
  reason?: string
}

interface Schema extends DBSchema {
  answers: { key: string; value: WaitingAnswer }
}

/** Answers on this phone, in IndexedDB. What cannot be kept rejects. */
export interface AnswerStore {
  all: () => Promise<WaitingAnswer[]>
  put: (answer: WaitingAnswer) => Promise<void>
  remove: (key: string) => Promise<void>
}

export function openAnswerStore(): AnswerStore {
  let opening: Promise<IDBPDatabase<Schema>> | undefined
  const database = () => {
    opening ??= openDB<Schema>('harbor-notice-answers', 1, {
      upgrade: db => void db.createObjectStore('answers', { keyPath: 'key' }),
      terminated: () => {
        opening = undefined
      },
    })
    return opening
  }
  return {
    all: async () => (await database()).getAll('answers'),
    put: async answer => void (await (await database()).put('answers', answer)),
    remove: async key => (await database()).delete('answers', key),
  }
}
