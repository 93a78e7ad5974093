import { REGISTER_COLUMNS } from '@harbor/protocol'
import { z } from 'zod'

const featuresSchema = z.object({
  type: z.literal('FeatureCollection'),
  coordinateSystem: z.string().optional(),
  features: z.array(
    z.object({
      id: z.union([z.string(), z.number()]).optional(),
      geometry: z.object({ type: z.literal('Point'), coordinates: z.array(z.number()).min(2).max(3) }).nullish(),
      properties: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
})

/**
 * Points of a map as a table of the register: a row for each feature, in the file's order. Properties that the register does not know
 * are left out: maps carry many of their own. Undefined: the file is no FeatureCollection of points.
 *
 * The file's `coordinateSystem` counts; without it, GeoJSON is WGS-84 by RFC 7946 section 4, but many files from maps of China are not, so
 * that the request has to say it.
 */
export function geojsonRows(bytes: Uint8Array): string[][] | undefined {
  let content: unknown
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined // No JSON: the importer says so.
  }
  const parsed = featuresSchema.safeParse(content)
  if (!parsed.success) return undefined
  const { coordinateSystem = '', features } = parsed.data
  return [
    [...REGISTER_COLUMNS],
    ...features.map(({ id, geometry, properties }) => {
      const [lngDeg, latDeg] = geometry?.coordinates ?? []
      const given: Record<string, unknown> = { system: coordinateSystem, id, ...properties, lngDeg, latDeg }
      return REGISTER_COLUMNS.map(column => textOf(given[column]))
    }),
  ]
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(9).replace(/0+$/, '')
  return typeof value === 'string' ? value.trim() : ''
}
