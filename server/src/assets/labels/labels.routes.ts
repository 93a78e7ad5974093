import { type ApplianceKind, type DoorCode, LABEL_SHEETS, type Person, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../../errors.ts'
import { type Caller, type Route, defineRoute, signedIn } from '../../http/route.ts'
import type { Directory } from '../../registry/directory.ts'
import { asFile, assetFilterSchema } from '../assets.routes.ts'
import type { Assets } from '../assets.ts'
import { type Label, labelPdf } from './label-pdf.ts'
import { SHEETS } from './label-sheets.ts'

/** Labels of one file: 42 sheets of 24. */
const MAX_LABELS = 1_000
const MAX_NAMED = 200

const KIND_NAMES = {
  fridge: { zh: '冰箱', en: 'Fridge' },
  air_conditioner: { zh: '空调', en: 'Air conditioner' },
  microwave: { zh: '微波炉', en: 'Microwave' },
  water_dispenser: { zh: '饮水机', en: 'Water dispenser' },
} as const satisfies Record<ApplianceKind, unknown>

/** Who has to do with a station's door: as for its code itself. */
const MAY_SEE_DOOR = ['keeper', 'maintainer', 'manager', 'hardware', 'administrator'] as const

const idsSchema = z
  .string()
  .transform(text => text.split(','))
  .pipe(z.array(idSchema).min(1).max(MAX_NAMED))
const sheetSchema = z.object({ sheet: z.enum(LABEL_SHEETS).default('3x8') })
const pdfSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })
const PDF = 'application/pdf'

export interface LabelRoutesDeps {
  assets: Pick<Assets, 'list'>
  doorCode: (person: Person, station: string) => Promise<DoorCode>
  directory: Pick<Directory, 'stations'>
  /** Where the finder is reached from outside; undefined: as each request says. */
  publicUrl: string | undefined
}

/** Sheets of codes to print: for appliances, and for doors. */
export function labelRoutes({ assets, doorCode, directory, publicUrl }: LabelRoutesDeps): Route[] {
  const originOf = ({ origin }: Caller) => {
    const base = publicUrl ?? origin
    // A code without an address would be stuck to a thousand fridges before anybody scans one.
    if (base === '') throw new ApiProblem('invalid_request', 'the public address is not known: set PUBLIC_URL')
    return base
  }
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/assets/labels.pdf',
      summary: `Labels with the code of each appliance's public page, on A4 sheets; at most ${MAX_LABELS}.`,
      allow: 'staff',
      query: assetFilterSchema.extend({
        ...sheetSchema.shape,
        appliances: idsSchema.optional().meta({ description: `Ids with commas between, at most ${MAX_NAMED}.` }),
      }),
      response: pdfSchema,
      textType: PDF,
      handle: async ({ query: { sheet, appliances, q, ...filter }, caller }) => {
        const base = originOf(caller)
        const query = { ...filter, text: q, ids: appliances, limit: MAX_LABELS }
        const { assets: found, total } = await assets.list(signedIn(caller), query)
        if (total > MAX_LABELS)
          throw new ApiProblem(
            'invalid_request',
            `query: ${total} labels, at most ${MAX_LABELS} in one file; narrow it down`,
          )
        if (total === 0) throw new ApiProblem('not_found', 'there is no such appliance in your districts')
        const labels = found.map(({ assetTag, kind, stationNameZh, stationNameEn, model }): Label => {
          const { zh, en } = KIND_NAMES[kind]
          return {
            address: `${base}/a/${encodeURIComponent(assetTag)}`,
            title: `${zh} ${en}`,
            lines: [stationNameZh, stationNameEn, model ?? ''],
            foot: assetTag,
          }
        })
        return { body: await labelPdf(labels, SHEETS[sheet]), headers: asFile('labels.pdf') }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/door-codes.pdf',
      summary: `Door codes of stations, on A4 sheets, for checking in; at most ${MAX_NAMED} stations.`,
      allow: MAY_SEE_DOOR,
      query: z.object({ ...sheetSchema.shape, sheet: z.enum(LABEL_SHEETS).default('2x4'), stations: idsSchema }),
      response: pdfSchema,
      textType: PDF,
      handle: async ({ query: { sheet, stations }, caller }) => {
        const base = originOf(caller)
        const labels: Label[] = []
        for (const station of new Set(stations)) {
          const { code } = await doorCode(signedIn(caller), station)
          const place = directory.stations.get(station)?.record
          labels.push({
            address: `${base}/d/${station}?c=${encodeURIComponent(code)}`,
            title: '扫码签到 Check in',
            lines: [place?.nameZh ?? '', place?.nameEn ?? ''],
            foot: station,
          })
        }
        return { body: await labelPdf(labels, SHEETS[sheet]), headers: asFile('door-codes.pdf') }
      },
    }),
  ]
}
