import { districtSchema, issueText } from '@harbor/protocol'
import { z } from 'zod'
import { SimulatorsError } from '../errors.ts'

const HEADER = 'place_zh,place_en,district_zh,district_en,adcode,lng,lat'

const placeSchema = z.object({
  zh: z.string().min(1),
  en: z.string().min(1),
  districtZh: z.string().min(1),
  districtEn: z.string().min(1),
  district: districtSchema,
  lngDeg: z.coerce.number().min(-180).max(180),
  latDeg: z.coerce.number().min(-90).max(90),
})

/** A real place that a demo station may stand at; WGS-84. */
export type Place = z.infer<typeof placeSchema>

/**
 * The places of a CSV file in the order of its lines. Its fields hold no commas and no quotes.
 *
 * @throws SimulatorsError SIMULATORS_PLACES_UNUSABLE naming the line.
 */
export function parsePlaces(csv: string): Place[] {
  const [header, ...lines] = csv.trim().split(/\r?\n/)
  if (header !== HEADER)
    throw new SimulatorsError('SIMULATORS_PLACES_UNUSABLE', `places: expected the header ${HEADER}`)
  return lines.map((line, index) => {
    const [zh, en, districtZh, districtEn, district, lngDeg, latDeg, ...more] = line.split(',')
    const parsed = placeSchema.safeParse({ zh, en, districtZh, districtEn, district, lngDeg, latDeg })
    if (parsed.success && more.length === 0) return parsed.data
    const problem = parsed.success ? 'more fields than the header' : issueText(parsed.error)
    throw new SimulatorsError('SIMULATORS_PLACES_UNUSABLE', `places, line ${index + 2}: ${problem}`)
  })
}
