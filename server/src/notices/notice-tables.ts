import { type DataTable, type NoticeDetail, type NoticeView, RECEIPT_STATES, type ReceiptState } from '@harbor/protocol'

const STATES: Readonly<Record<ReceiptState, { zh: string; en: string }>> = {
  sent: { zh: '已发出', en: 'Sent' },
  failed: { zh: '未送达', en: 'Not reached' },
  delivered: { zh: '已送达', en: 'Delivered' },
  read: { zh: '已读', en: 'Read' },
  accepted: { zh: '已接受', en: 'Accepted' },
  done: { zh: '已完成', en: 'Done' },
  declined: { zh: '不能办理', en: 'Cannot be done' },
}
const ENDS: Readonly<Record<NoticeView['state'], { zh: string; en: string }>> = {
  standing: { zh: '生效中', en: 'In force' },
  withdrawn: { zh: '已撤回', en: 'Withdrawn' },
  superseded: { zh: '已被替换', en: 'Replaced' },
  ended: { zh: '已结束', en: 'Ended' },
}

/** Orders with how far each is, a line each. */
export function noticesTable(notices: readonly NoticeView[]): DataTable {
  return {
    id: 'notices',
    titleZh: '通知与进度',
    titleEn: 'Notices and their progress',
    columns: [
      { key: 'title', nameZh: '通知', nameEn: 'Notice', kind: 'text' },
      { key: 'by', nameZh: '发布人', nameEn: 'Issued by', kind: 'text' },
      { key: 'at', nameZh: '发布时间', nameEn: 'Issued', kind: 'instant' },
      { key: 'deadline', nameZh: '完成期限', nameEn: 'To be done by', kind: 'instant' },
      { key: 'state', nameZh: '状态', nameEn: 'State', kind: 'text' },
      { key: 'addressees', nameZh: '对象', nameEn: 'Addressees', kind: 'count' },
      ...RECEIPT_STATES.map(state => ({
        key: state,
        nameZh: STATES[state].zh,
        nameEn: STATES[state].en,
        kind: 'count' as const,
      })),
    ],
    rows: notices.map(one => [
      { zh: one.titleZh, en: one.titleEn },
      one.issuedBy,
      one.issuedAt,
      one.deadline,
      ENDS[one.state],
      one.addressees,
      ...RECEIPT_STATES.map(state => one.counts[state]),
    ]),
    notes: [
      {
        zh: '每个对象只计在其最新的状态里；只含您有权查看的对象。',
        en: 'Each addressee counts in its latest state; only addressees within your scope.',
      },
    ],
  }
}

/** One order's receipts, a line an addressee. */
export function receiptsTable({ id, titleZh, titleEn, receipts }: NoticeDetail): DataTable {
  return {
    id: `notice-receipts-${id}`,
    titleZh: `回执：${titleZh}`,
    titleEn: `Receipts: ${titleEn}`,
    columns: [
      { key: 'addressee', nameZh: '对象', nameEn: 'Addressee', kind: 'text' },
      { key: 'code', nameZh: '站点编号', nameEn: 'Station code', kind: 'text' },
      { key: 'state', nameZh: '状态', nameEn: 'State', kind: 'text' },
      { key: 'at', nameZh: '时间', nameEn: 'Time', kind: 'instant' },
      { key: 'by', nameZh: '办理人', nameEn: 'By', kind: 'text' },
      { key: 'note', nameZh: '说明', nameEn: 'Note', kind: 'text' },
      { key: 'photos', nameZh: '照片', nameEn: 'Photos', kind: 'count' },
      { key: 'escalated', nameZh: '已上报', nameEn: 'Told to the level above', kind: 'text' },
    ],
    rows: receipts.map(one => [
      { zh: one.nameZh, en: one.nameEn },
      one.station ?? '',
      STATES[one.state],
      one.at,
      one.by ?? '',
      one.note ?? '',
      one.photos.length,
      one.isEscalated ? { zh: '是', en: 'yes' } : '',
    ]),
    notes: [{ zh: '每行是该对象最新的状态。', en: 'Each line is the latest state of its addressee.' }],
  }
}
