import type { DataTable, StockItem } from '@harbor/protocol'

const STATES: Readonly<Record<StockItem['batches'][number]['expiry'], string>> = {
  none: '不过期 does not expire',
  fresh: '正常 good',
  in_60: '60 天内过期 within 60 days',
  in_30: '30 天内过期 within 30 days',
  in_7: '7 天内过期 within 7 days',
  expired: '已过期 expired',
}

/** What stations keep, a line a batch; an item of which nothing is left has a line, too. */
export function stockTable(items: readonly StockItem[]): DataTable {
  return {
    id: 'stock',
    titleZh: '站点物资',
    titleEn: 'Stock of stations',
    columns: [
      { key: 'station', nameZh: '站点', nameEn: 'Station', kind: 'text' },
      { key: 'item', nameZh: '物资', nameEn: 'Item', kind: 'text' },
      { key: 'batch', nameZh: '批号', nameEn: 'Batch', kind: 'text' },
      { key: 'quantity', nameZh: '数量', nameEn: 'Quantity', kind: 'count' },
      { key: 'unit', nameZh: '单位', nameEn: 'Unit', kind: 'text' },
      { key: 'expires', nameZh: '有效期至', nameEn: 'Use by', kind: 'date' },
      { key: 'state', nameZh: '状态', nameEn: 'State', kind: 'text' },
      { key: 'used', nameZh: '近30天用量（整项）', nameEn: 'Used in 30 days, whole item', kind: 'count' },
    ],
    rows: items.flatMap(item => {
      const head = [`${item.stationNameZh} ${item.stationNameEn}`, item.name]
      if (item.batches.length === 0) return [[...head, '', 0, item.unit, undefined, '用完 none left', item.used30]]
      return item.batches.map(batch => [
        ...head,
        batch.batch,
        batch.quantity,
        item.unit,
        batch.expiresOn,
        STATES[batch.expiry],
        item.used30,
      ])
    }),
    notes: [
      {
        zh: '有效期最后一天仍可使用；本表只记数量和日期，不是用药建议。',
        en: 'The last day counts as good. Quantities and dates alone: no medical advice.',
      },
    ],
  }
}
