import type { AlertView, EscalationLevel, PushMessage, TellChoice, TellKind, WorkOrder } from '@harbor/protocol'

/** What must still hold when somebody is told; else it is not told any more. */
export type OnlyWhile =
  | { of: 'alert'; id: string; severity: AlertView['severity'] }
  | { of: 'order'; id: string; state: WorkOrder['state']; assignee: string | null }
  /** Whoever gave up being sent a district's reports meanwhile gets none. */
  | { of: 'report'; district: string }
  /** It still stands. */
  | { of: 'notice'; id: string }
  /** It is still this person's shift, and nobody has come. */
  | { of: 'shift'; id: string; person: string }
  /** Some of it is left. */
  | { of: 'stock'; batch: string }
  /** Nobody has taken the alert, and nobody silenced it. */
  | { of: 'raised'; id: string }
  /** A service account is still not heard. */
  | { of: 'silent'; account: string }
  /** Whatever has become of it. */
  | { of: 'anyway' }
  | { of: 'test' }

/** Something that people are to be told. */
export interface News {
  /** The same for the same thing. */
  id: string
  kind: TellKind
  subject: string
  severity: AlertView['severity']
  onlyWhile: OnlyWhile
  message: Readonly<Record<TellChoice['language'], PushMessage>>
}

interface Names {
  zh: string
  en: string
}

const LEVELS: Readonly<Record<EscalationLevel, Names>> = {
  crew: { zh: '班组', en: 'crew' },
  lead: { zh: '班组长', en: 'crew lead' },
  district: { zh: '区县', en: 'district' },
  city: { zh: '全市', en: 'city' },
}

function stationOf(of: { stationNameZh: string; stationNameEn: string }): Names {
  return { zh: of.stationNameZh, en: of.stationNameEn }
}

function words(title: Names, body: Names, rest: { tag: string; url: string }): News['message'] {
  return { zh: { ...rest, title: title.zh, body: body.zh }, en: { ...rest, title: title.en, body: body.en } }
}

/** An alert that stands and that nobody has taken. */
export function alertNews(alert: AlertView, ruleName: Names, standingSinceMs: number): News {
  const station = stationOf(alert)
  return {
    // A fault that comes back, or grows worse, is told anew.
    id: `alert/${alert.id}/${standingSinceMs}/${alert.severity}`,
    kind: 'alert',
    subject: alert.id,
    severity: alert.severity,
    onlyWhile: { of: 'alert', id: alert.id, severity: alert.severity },
    message: words({ zh: `${alert.severity} ${ruleName.zh}`, en: `${alert.severity} ${ruleName.en}` }, station, {
      tag: `alert-${alert.id}`,
      url: `/console/alerts/${encodeURIComponent(alert.id)}`,
    }),
  }
}

/** A step of a work order that somebody is to hear of. */
export function orderNews(
  order: WorkOrder,
  step: { act: 'assign' | 'remind' | 'escalate'; seq: number; level: EscalationLevel | undefined },
): News {
  const station = stationOf(order)
  const level = LEVELS[step.level ?? 'crew']
  const title = {
    assign: { zh: `派给您：${order.titleZh}`, en: `For you: ${order.titleEn}` },
    remind: { zh: `快到时限：${order.titleZh}`, en: `Due soon: ${order.titleEn}` },
    escalate: {
      zh: `超时上报（${level.zh}）：${order.titleZh}`,
      en: `Late, now with the ${level.en}: ${order.titleEn}`,
    },
  }[step.act]
  return {
    id: `order/${order.id}/${step.seq}`,
    kind: ({ assign: 'assigned', remind: 'reminder', escalate: 'escalation' } as const)[step.act],
    subject: order.id,
    severity: order.severity,
    onlyWhile: { of: 'order', id: order.id, state: order.state, assignee: order.assignee ?? null },
    message: words(
      title,
      { zh: `${order.severity} · ${station.zh}`, en: `${order.severity} · ${station.en}` },
      { tag: `order-${order.id}`, url: `/console/work-orders/${encodeURIComponent(order.id)}` },
    ),
  }
}

/** What somebody asks for to see that it reaches them. */
export function testNews(id: string): News {
  return {
    id: `test/${id}`,
    kind: 'test',
    subject: id,
    severity: 'P0',
    onlyWhile: { of: 'test' },
    message: words(
      { zh: '测试消息', en: 'Test message' },
      { zh: '您能收到劳动者港湾的通知。', en: "Workers' Harbor reaches you here." },
      { tag: 'test', url: '/console/tell' },
    ),
  }
}

/** The letter that asks whether a mailbox is its person's own. It goes to somebody who may never have heard of this server. */
export function confirmationLetter(
  code: string,
  language: TellChoice['language'],
  publicUrl: string | undefined,
): { subject: string; text: string } {
  const shown = `${code.slice(0, 5)}-${code.slice(5)}`
  const link = publicUrl === undefined ? '' : `\n${publicUrl}/console/tell?code=${code}\n`
  return language === 'zh'
    ? {
        subject: '确认劳动者港湾的邮件通知',
        text: `确认码：${shown}\n${link}\n请在“通知”页面输入，24 小时内有效。如果不是您本人填写的邮箱，请忽略此邮件，不会再收到其他邮件。\n`,
      }
    : {
        subject: "Confirm mail from Workers' Harbor",
        text: `Your code: ${shown}\n${link}\nEnter it on the page “Notifications” within 24 hours. If you gave nobody this address, do nothing: no other mail follows.\n`,
      }
}

/** Many alerts at once, as one message. */
export function manyAlerts(count: number, language: TellChoice['language']): PushMessage {
  return {
    title: language === 'zh' ? `${count} 条新告警` : `${count} new alerts`,
    body: language === 'zh' ? '打开告警列表查看' : 'Open the list of alerts',
    tag: 'many-alerts',
    url: '/console/alerts',
  }
}
