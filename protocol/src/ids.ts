import { z } from 'zod'

const ID = /^[a-z0-9-]{1,40}$/
const DISTRICT = /^[1-9][0-9]{5}$/

/** An id on the wire: lower-case letters, digits and hyphens, 1 to 40 of them. It needs no escaping in a topic, URL or file name. */
export const idSchema = z.string().regex(ID, 'expected 1 to 40 of a-z, 0-9 and -')

/** A gateway's id. `event` is none: as a gateway's level of a topic it would stand where events are published. */
export const gatewayIdSchema = idSchema.refine(id => id !== 'event', 'event is not a gateway')

/** A district: its six-digit GB/T 2260 code (Yuzhong is 500103). It is also the partition key of ingest. */
export const districtSchema = z.string().regex(DISTRICT, 'expected a six-digit GB/T 2260 code')

/** A street or town: its nine-digit code (GB/T 10114), whose first six digits are its district. */
export const streetCodeSchema = z.string().regex(/^[1-9][0-9]{8}$/, 'expected a nine-digit GB/T 10114 code')

/** A region that somebody governs: a district (six digits) or a street (nine). */
export const regionCodeSchema = z.union([districtSchema, streetCodeSchema])

/** The district that a region is or lies in. */
export function districtOfRegion(code: string): string {
  return code.slice(0, 6)
}

/** As `idSchema`, without its cost: asked for each level of each topic and each name of a pack. */
export function isId(text: string): boolean {
  return ID.test(text)
}

/** As `districtSchema`. */
export function isDistrict(text: string): boolean {
  return DISTRICT.test(text)
}
