import { COORDINATE_SYSTEMS, idSchema, registerFilterSchema } from '@harbor/protocol'
import { z } from 'zod'
import { qrMatrix } from '../assets/labels/qr-matrix.ts'
import { ApiProblem } from '../errors.ts'
import type { PublicLimits } from '../finder/public-limits.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { tableRoutes } from '../tables/table-routes.ts'
import { GEOJSON_TYPE, registerGeojson } from './geojson.ts'
import type { OpenData } from './open-data.ts'
import type { RegisterPhotos } from './register-photos.ts'
import { registerPaper } from './register-paper.ts'
import { registerTable } from './register-table.ts'
import type { Register } from './register.ts'

/** The most that one export has: as many as an import takes. */
const MAX_EXPORT = 10_000
/** What all stations at once cost of an address' share. */
const OPEN_DATA_POINTS = 10
const JPEG = 'image/jpeg'

const exportQuery = registerFilterSchema.extend({
  system: z
    .enum(COORDINATE_SYSTEMS)
    .default('WGS84')
    .meta({ description: 'GCJ02: for Amap, Tencent and Apple in China.' }),
})
const fileSchema = z.custom<unknown>().meta({ override: { type: 'object' } })
const jpegSchema = z.custom<Uint8Array>().meta({ override: { type: 'string', format: 'binary' } })

export interface TakeAwayDeps {
  register: Pick<Register, 'list' | 'detail'>
  /** Without a trailing slash; undefined: as each request says. */
  publicUrl: string | undefined
  photos: Pick<RegisterPhotos, 'read'>
  openData: OpenData
  limits: PublicLimits
  timeZone: string
  nowMs: () => number
}

/** What of the register leaves the house: tables and maps for staff and map vendors, open data and photos for everybody. */
export function takeAwayRoutes({
  register,
  publicUrl,
  photos,
  openData,
  limits,
  timeZone,
  nowMs,
}: TakeAwayDeps): Route[] {
  return [
    ...tableRoutes(
      {
        path: '/api/v1/register/stations',
        summary:
          'The register as a table, as the import takes it; positions in the coordinate system that is asked for.',
        allow: 'staff',
        query: exportQuery,
        table: async (person, { system, ...filter }) => {
          const { stations } = await register.list(person, { ...filter, limit: MAX_EXPORT })
          return registerTable(stations, system)
        },
        paper: async (person, { system, ...filter }) => {
          const { stations } = await register.list(person, { ...filter, limit: MAX_EXPORT })
          return registerPaper(stations, system)
        },
      },
      { timeZone, nowMs },
    ),
    defineRoute({
      method: 'get',
      path: '/api/v1/register/stations.geojson',
      summary: 'The register as GeoJSON; positions in the coordinate system that is asked for, which the file names.',
      allow: 'staff',
      query: exportQuery,
      response: fileSchema,
      handle: async ({ query: { system, ...filter }, caller }) => {
        const { stations } = await register.list(signedIn(caller), { ...filter, limit: MAX_EXPORT })
        return {
          body: registerGeojson(stations, system),
          headers: {
            'Content-Type': GEOJSON_TYPE,
            'Content-Disposition': `attachment; filename="stations-${system.toLowerCase()}.geojson"`,
          },
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/register/stations/{id}/qr.svg',
      summary: 'The QR code of a station’s public page, as a drawing.',
      allow: 'staff',
      params: z.object({ id: idSchema }),
      response: jpegSchema,
      textType: 'image/svg+xml',
      handle: async ({ params: { id }, caller }) => {
        await register.detail(signedIn(caller), id)
        return {
          body: Buffer.from(qrSvg(`${publicUrl ?? caller.origin}/s/${id}`)),
          headers: { 'X-Content-Type-Options': 'nosniff' },
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/open-data/stations.geojson',
      summary: 'All public stations as GeoJSON (RFC 7946, WGS-84), under the licence that the file names.',
      allow: 'anyone',
      response: fileSchema,
      handle: async ({ caller }) => {
        await limits.take(caller.address, OPEN_DATA_POINTS)
        return {
          packed: await openData.stations(),
          cacheControl: 'public, max-age=300',
          // Open data is for pages of others, too.
          headers: { 'Access-Control-Allow-Origin': '*' },
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/station-photos/{id}',
      summary: 'A photo of a station, at most 1,280 pixels wide.',
      allow: 'anyone',
      params: z.object({ id: z.string().min(1).max(100) }),
      response: jpegSchema,
      textType: JPEG,
      handle: async ({ params: { id } }) => {
        const bytes = await photos.read(id)
        if (bytes === undefined) throw new ApiProblem('not_found', `there is no photo ${id}`)
        return {
          body: bytes,
          // Asked about each time, so that one which is removed is gone.
          cacheControl: 'no-cache',
          headers: { 'X-Content-Type-Options': 'nosniff' },
        }
      },
    }),
  ]
}

/** Modules as one path; a code is read with a quiet zone of four modules around it (ISO/IEC 18004, 5.3.8). */
function qrSvg(text: string): string {
  const { size, isDark } = qrMatrix(text)
  let path = ''
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) if (isDark(row, column)) path += `M${column + 4} ${row + 4}h1v1h-1z`
  const side = size + 8
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${path}"/></svg>`
}
