import { type AssignmentReason, GENTLE_ACTS, type WorkOrder, type WorkOrderStep } from '@harbor/protocol'
import { type TimeStyle, clockText } from '../time/format.ts'
import type { Language } from '../../shared/i18n/language.ts'
import { type Say, localName } from '../words/words.tsx'

/** What an order is called in the reader's language. */
export function orderTitle({ titleZh, titleEn }: WorkOrder, language: Language): string {
  return language === 'zh' ? titleZh : titleEn
}

export function stationName(order: WorkOrder, language: Language): string {
  return localName(language, { nameZh: order.stationNameZh, nameEn: order.stationNameEn })
}

/** What is to be reached next, and whether its time has passed; undefined: no clock runs. */
export function dueOf(
  { state, dueAt }: WorkOrder,
  nowMs: number,
): { stage: 'accept' | 'on_site' | 'done'; atMs: number; isLate: boolean } | undefined {
  if (dueAt === undefined) return undefined
  const stage = state === 'accepted' ? 'on_site' : state === 'on_site' ? 'done' : 'accept'
  const atMs = Date.parse(dueAt)
  return { stage, atMs, isLate: atMs < nowMs }
}

/** Why somebody was proposed, in words with commas between. */
export function reasonText(because: AssignmentReason, { say, locale }: { say: Say; locale: string }): string {
  const { crewName, skill, load, distanceM } = because
  const km = new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilometer', maximumFractionDigits: 1 })
  const parts = [
    ...(crewName === undefined ? [] : [say('order.because.crew', { crew: crewName })]),
    ...(skill === undefined ? [] : [say('order.because.skill', { appliance: say(`appliance.${skill}`) })]),
    say('order.because.load', { load }),
    ...(distanceM === undefined ? [] : [say('order.because.distance', { distance: km.format(distanceM / 1_000) })]),
  ]
  return parts.join(locale.startsWith('zh') ? '，' : ', ')
}

/** What a step did, in one line. */
export function stepText(step: WorkOrderStep, say: Say, { nowMs, style }: { nowMs: number; style: TimeStyle }): string {
  const { act, assigneeName: name = '', severity = '', part, promisedAt, level, joined } = step
  if (act === 'join' && joined === 'report') return say('order.step.joinReport')
  if (act === 'promise' && promisedAt === undefined) return say('order.step.promiseBack')
  return say(`order.step.${act}`, {
    name: act === 'part' ? (part?.name ?? '') : name,
    severity,
    quantity: part?.quantity ?? '',
    time: promisedAt === undefined ? '' : clockText(Date.parse(promisedAt), nowMs, style),
    level: level === undefined ? '' : say(`order.level.${level}`),
  })
}

/** The first step after what a reader saw: who was faster. What comes later does not change it. */
export function fasterStep(history: readonly WorkOrderStep[], seenRevision: number): WorkOrderStep | undefined {
  return history.find(({ seq, act }) => seq > seenRevision && !GENTLE_ACTS.includes(act))
}

/** Fen as yuan. */
export function costText(fen: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency: 'CNY' }).format(fen / 100)
}
