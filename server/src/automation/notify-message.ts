import { type NotifyRequest, SEVERITIES } from '@harbor/protocol'
import type { News, OnlyWhile } from '../tell/news.ts'

/** What is told, as it is kept until it is. */
export interface NotifyMessage extends Pick<NotifyRequest, 'severity' | 'title' | 'body' | 'url' | 'kind'> {
  onlyWhile: OnlyWhile
}

/** Titles that a digest names, the gravest first. */
const MAX_NAMED = 10

export function messageOf({ severity, title, body, url, kind, onlyWhile }: NotifyRequest): NotifyMessage {
  return { severity, title, body, url, kind, onlyWhile: conditionOf(onlyWhile) }
}

function conditionOf(onlyWhile: NotifyRequest['onlyWhile']): OnlyWhile {
  if (onlyWhile === undefined) return { of: 'anyway' }
  if ('alertRaised' in onlyWhile) return { of: 'raised', id: onlyWhile.alertRaised }
  return { of: 'notice', id: onlyWhile.noticeStands }
}

/** Many messages as one. `count` may be more than `messages`: of very many not all are kept. */
export function digestOf(messages: readonly NotifyMessage[], count: number): NotifyMessage {
  const gravestFirst = messages.toSorted((one, other) => one.severity.localeCompare(other.severity))
  const [gravest] = gravestFirst
  if (gravest !== undefined && count === 1) return gravest
  const named = gravestFirst.slice(0, MAX_NAMED)
  const rest = count - named.length
  const body = (language: 'zh' | 'en', more: string) =>
    [...named.map(({ severity, title }) => `${severity} ${title[language]}`), ...(rest > 0 ? [more] : [])].join('\n')
  return {
    severity: gravest?.severity ?? SEVERITIES[SEVERITIES.length - 1] ?? 'P3',
    title: { zh: `汇总：${count} 条消息`, en: `Digest: ${count} messages` },
    body: { zh: body('zh', `……另有 ${rest} 条`), en: body('en', `… and ${rest} more`) },
    url: '/console/',
    kind: 'digest',
    onlyWhile: { of: 'anyway' },
  }
}

/** A message as the server tells it itself. `id`: the delivery's. */
export function newsOf(id: string, { severity, title, body, url, onlyWhile }: NotifyMessage): News {
  const rest = { tag: `notify-${id}`, url }
  return {
    id: `notify/${id}`,
    kind: 'automation',
    subject: id,
    severity,
    onlyWhile,
    message: { zh: { ...rest, title: title.zh, body: body.zh }, en: { ...rest, title: title.en, body: body.en } },
  }
}
