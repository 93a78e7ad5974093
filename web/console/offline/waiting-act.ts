import type { PhotoMoment, WorkOrderActRequest } from '@harbor/protocol'

/** An act without what the page adds by itself: the revision that was seen, the key, and when it was made. */
export type ActAsked = WorkOrderActRequest extends infer Act
  ? Act extends WorkOrderActRequest
    ? Omit<Act, 'revision' | 'key' | 'madeAt'>
    : never
  : never

/** A photo to add. */
export interface PhotoAsked {
  act: 'photo'
  blob: Blob
  moment?: PhotoMoment
}

/** What a page sends of an order. */
export type Asked = ActAsked | PhotoAsked

/** Why the server did not take an act, in its own words beside what happened meanwhile. */
export interface Refused {
  /** `conflict`: somebody was faster, or it no longer fits; `no`: not allowed, or gone. */
  kind: 'conflict' | 'no'
  message: string
  /** Who was faster, what they did and when, as far as the order tells. */
  faster?: { name?: string; act: string; at: string }
}

/** An act on its way to the server: kept on the phone from the press until the server has answered. */
export interface WaitingAct {
  /** 128 random bits in hex: the same act sent twice is done once. */
  key: string
  /** Whose it is: nobody else's session sends it. */
  login: string
  order: string
  titleZh: string
  titleEn: string
  asked: Asked
  /** What the person saw; raised when an act of their own before it has been taken. */
  revision: number
  madeAtMs: number
  /** Counts presses on this phone: acts are sent in this order. */
  seq: number
  refused?: Refused
}

/** 128 random bits in hex. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('')
}
