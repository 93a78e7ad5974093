import type { NoticeView } from '@harbor/protocol'
import type { News } from './news.ts'

/** An order that somebody is to hear of. Urgent ones do not wait for the end of quiet hours. */
export function noticeNews(
  notice: Pick<NoticeView, 'id' | 'severity' | 'titleZh' | 'titleEn'>,
  turn: { what: 'tell' | 'remind' | 'escalate' | 'escalate_city'; bodyZh: string; bodyEn: string; nth?: number },
): News {
  const title = {
    tell: { zh: '通知', en: 'Notice' },
    remind: { zh: '请查看通知', en: 'Please read' },
    escalate: { zh: '逾期上报', en: 'Overdue' },
    escalate_city: { zh: '逾期上报（全市）', en: 'Overdue, now with the city' },
  }[turn.what]
  const rest = { tag: `notice-${notice.id}`, url: `/console/notices/${encodeURIComponent(notice.id)}` }
  return {
    id: `notice/${notice.id}/${turn.what}${turn.nth === undefined ? '' : `/${turn.nth}`}`,
    kind: 'notice',
    subject: notice.id,
    severity: ({ urgent: 'P0', important: 'P1', info: 'P2' } as const)[notice.severity],
    onlyWhile: { of: 'notice', id: notice.id },
    message: {
      zh: { ...rest, title: `${title.zh}：${notice.titleZh}`, body: turn.bodyZh },
      en: { ...rest, title: `${title.en}: ${notice.titleEn}`, body: turn.bodyEn },
    },
  }
}
