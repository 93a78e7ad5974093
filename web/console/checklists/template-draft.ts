import type { ApplianceKind, ChecklistLine, ChecklistTemplate, ChecklistTemplateRequest } from '@harbor/protocol'

export const LINE_TYPES = ['pass_fail', 'number', 'text', 'choice', 'photo'] as const satisfies ChecklistLine['type'][]

export interface OptionDraft {
  id: string
  labelZh: string
  labelEn: string
  fails: boolean
}

/** A line as it is being written: what its type does not use is kept until it is saved, should the type be changed back. */
export interface LineDraft {
  /** The same in every version, and never used again for something else. */
  id: string
  type: ChecklistLine['type']
  labelZh: string
  labelEn: string
  isOptional: boolean
  severity: ChecklistLine['severity']
  applianceKind: ApplianceKind | undefined
  unit: string
  min: string
  max: string
  options: readonly OptionDraft[]
}

export interface TemplateDraft {
  titleZh: string
  titleEn: string
  use: ChecklistTemplate['use']
  applianceKind: ApplianceKind | undefined
  isRetired: boolean
  source: string
  lines: readonly LineDraft[]
}

/** What keeps a draft from being saved; `number` counts lines from 1. */
export type DraftProblem = { what: 'titles' | 'noLines' } | { what: 'labels' | 'range' | 'options'; number: number }

/** A template as an editor begins with it; undefined: a new one with one line. */
export function draftOf(template: ChecklistTemplate | undefined, newId: () => string): TemplateDraft {
  return {
    titleZh: template?.titleZh ?? '',
    titleEn: template?.titleEn ?? '',
    use: template?.use ?? 'inspection',
    applianceKind: template?.applianceKind,
    isRetired: template?.isRetired ?? false,
    source: template?.source ?? '',
    lines: template?.lines.map(lineDraftOf) ?? [newLine(newId())],
  }
}

function lineDraftOf(line: ChecklistLine): LineDraft {
  const text = (value: number | undefined) => (value === undefined ? '' : String(value))
  const { id, type, labelZh, labelEn, severity, applianceKind } = line
  return {
    ...newLine(id),
    type,
    labelZh,
    labelEn,
    severity,
    applianceKind,
    isOptional: line.isOptional ?? false,
    ...(line.type === 'number' && { unit: line.unit ?? '', min: text(line.min), max: text(line.max) }),
    ...(line.type === 'choice' && {
      options: line.options.map(option => ({ ...option, fails: option.fails === true })),
    }),
  }
}

/** An empty line. @param id as in LineDraft. */
export function newLine(id: string): LineDraft {
  return {
    id,
    type: 'pass_fail',
    labelZh: '',
    labelEn: '',
    isOptional: false,
    severity: 'P3',
    applianceKind: undefined,
    unit: '',
    min: '',
    max: '',
    options: [],
  }
}

/** An empty option. */
export function newOption(id: string): OptionDraft {
  return { id, labelZh: '', labelEn: '', fails: false }
}

/** What is missing or wrong, in the order of the page; empty: it can be saved. */
export function problemsOf({ titleZh, titleEn, lines }: TemplateDraft): DraftProblem[] {
  const problems: DraftProblem[] = []
  if (isEmpty(titleZh) || isEmpty(titleEn)) problems.push({ what: 'titles' })
  if (lines.length === 0) problems.push({ what: 'noLines' })
  for (const [index, line] of lines.entries()) {
    const number = index + 1
    if (isEmpty(line.labelZh) || isEmpty(line.labelEn)) problems.push({ what: 'labels', number })
    if (line.type === 'number' && !hasRange(line)) problems.push({ what: 'range', number })
    const { options } = line
    if (
      line.type === 'choice' &&
      (options.length < 2 || options.some(one => isEmpty(one.labelZh) || isEmpty(one.labelEn)))
    )
      problems.push({ what: 'options', number })
  }
  return problems
}

/** What a draft without problems asks for. @param replaces the version that it began from; 0: there is none. */
export function requestOf(draft: TemplateDraft, replaces: number): ChecklistTemplateRequest {
  const { titleZh, titleEn, use, applianceKind, isRetired, source, lines } = draft
  return {
    replaces,
    titleZh: titleZh.trim(),
    titleEn: titleEn.trim(),
    use,
    ...(use === 'order' && applianceKind !== undefined && { applianceKind }),
    ...(isRetired && { isRetired }),
    ...(!isEmpty(source) && { source: source.trim() }),
    lines: lines.map(lineOf),
  }
}

function lineOf(draft: LineDraft): ChecklistLine {
  const { id, type, severity, isOptional, applianceKind } = draft
  const line = {
    id,
    labelZh: draft.labelZh.trim(),
    labelEn: draft.labelEn.trim(),
    severity,
    ...(isOptional && { isOptional }),
    ...(applianceKind !== undefined && { applianceKind }),
  }
  switch (type) {
    case 'number': {
      const [unit, min, max] = [draft.unit.trim(), numberOf(draft.min), numberOf(draft.max)]
      return {
        ...line,
        type,
        ...(unit !== '' && { unit }),
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
      }
    }
    case 'choice':
      return {
        ...line,
        type,
        options: draft.options.map(option => ({
          id: option.id,
          labelZh: option.labelZh.trim(),
          labelEn: option.labelEn.trim(),
          ...(option.fails && { fails: true }),
        })),
      }
    case 'pass_fail':
    case 'text':
    case 'photo':
      return { ...line, type }
  }
}

/** The lines with one of them moved by one place; at the end nothing moves. */
export function moved<Line>(lines: readonly Line[], index: number, by: -1 | 1): Line[] {
  const to = index + by
  const [line, other] = [lines[index], lines[to]]
  if (line === undefined || other === undefined) return [...lines]
  return lines.map((one, at) => (at === index ? other : at === to ? line : one))
}

function isEmpty(text: string): boolean {
  return text.trim() === ''
}

/** Undefined: nothing is written; NaN: it is no number. */
function numberOf(text: string): number | undefined {
  const typed = text.trim().replace(',', '.')
  if (typed === '') return undefined
  const number = Number(typed)
  return Number.isFinite(number) ? number : Number.NaN
}

function hasRange({ min, max }: LineDraft): boolean {
  const [low, high] = [numberOf(min) ?? Number.NEGATIVE_INFINITY, numberOf(max) ?? Number.POSITIVE_INFINITY]
  return low <= high
}
