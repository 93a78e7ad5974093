import { type DataTable, STOCK_COLUMNS, STOCK_COLUMN_NAMES, type StockColumn, type StockItem } from '@harbor/protocol'

const STATES: Readonly<Record<StockItem['batches'][number]['expiry'], string>> = {
  none: '不过期 does not expire',
  fresh: '正常 good',
  in_60: '60 天内过期 within 60 days',
  in_30: '30 天内过期 within 30 days',
  in_7: '7 天内过期 within 7 days',
  expired: '已过期 expired',
}

/** In the table as its import reads them. */
const KINDS: Readonly<Record<StockItem['kind'], { zh: string; en: string }>> = {
  medicine_box: { zh: '药箱', en: 'Medicine box' },
  water: { zh: '饮用水', en: 'Drinking water' },
  heat_medicine: { zh: '防暑药品', en: 'Heat medicine' },
  other: { zh: '其他', en: 'Other' },
}

const KIND_OF: Readonly<Partial<Record<StockColumn, 'count' | 'date'>>> = {
  quantity: 'count',
  low: 'count',
  used: 'count',
  expires: 'date',
}

/** What stations keep, a line a batch; an item of which nothing is left has a line, too. */
export function stockTable(items: readonly StockItem[]): DataTable {
  return {
    id: 'stock',
    titleZh: '站点物资',
    titleEn: 'Stock of stations',
    columns: STOCK_COLUMNS.map(key => ({
      key,
      nameZh: STOCK_COLUMN_NAMES[key].zh,
      nameEn: STOCK_COLUMN_NAMES[key].en,
      kind: KIND_OF[key] ?? 'text',
    })),
    rows: items.flatMap(item => {
      const head = [item.station, `${item.stationNameZh} ${item.stationNameEn}`, KINDS[item.kind], item.name]
      if (item.batches.length === 0)
        return [[...head, '', 0, item.unit, undefined, item.low, '用完 none left', item.used30]]
      return item.batches.map(batch => [
        ...head,
        batch.batch,
        batch.quantity,
        item.unit,
        batch.expiresOn,
        item.low,
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
