import {
  type ChecklistAnswer,
  type ChecklistFillRequest,
  type ChecklistLine,
  type ChecklistTemplate,
  type LineResult,
  lineResult,
} from '@harbor/protocol'

/** What is answered to one line so far. */
export interface DraftAnswer {
  value?: string | number | undefined
  note?: string | undefined
}

/** A checklist on this phone: being filled in, waiting to be sent, or refused by the server. */
export interface Draft {
  key: string
  login: string
  template: ChecklistTemplate
  station: string
  workOrder?: string | undefined
  state: 'filling' | 'waiting' | 'refused'
  /** Of `waiting`: when it was finished, by this phone's clock. */
  filledAt?: string | undefined
  answers: Readonly<Record<string, DraftAnswer>>
  photos: readonly { line: string; blob: Blob }[]
  /** Of `refused`: what the server said. */
  reason?: string | undefined
}

export function answerOf(draft: Draft, line: string): ChecklistAnswer | undefined {
  const { value, note } = draft.answers[line] ?? {}
  const photos = draft.photos.filter(photo => photo.line === line).length
  const said = note?.trim()
  const isEmpty = value === undefined || (typeof value === 'string' && value.trim() === '')
  if (isEmpty && photos === 0 && (said === undefined || said === '')) return undefined
  return { line, photos, ...(!isEmpty && { value }), ...(said !== undefined && said !== '' && { note: said }) }
}

export function resultOf(draft: Draft, line: ChecklistLine): LineResult {
  return lineResult(line, answerOf(draft, line.id))
}

/** The first line that still wants an answer; undefined: it can be sent. */
export function openLine(draft: Draft): ChecklistLine | undefined {
  return draft.template.lines.find(line => ['missing', 'wrong'].includes(resultOf(draft, line)))
}

/** What is sent of a draft that was finished. */
export function requestOf(draft: Draft): ChecklistFillRequest {
  const { key, template, station, workOrder, filledAt } = draft
  return {
    key,
    template: template.id,
    version: template.version,
    station,
    ...(workOrder !== undefined && { workOrder }),
    filledAt: filledAt ?? new Date(0).toISOString(),
    answers: template.lines.flatMap(({ id }) => answerOf(draft, id) ?? []),
  }
}

/** 128 random bits in hex. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('')
}
