import { createInterface } from 'node:readline'
import { type Metric, fleetSchema } from '@harbor/protocol'
import { z } from 'zod'

const spanSchema = z.object({ fromMs: z.number(), toMs: z.number() })

/** What the stream of a city in fast motion begins with: its fleet, and what a perfect observer would know of each station. */
const headerSchema = z.object({
  fleet: fleetSchema,
  fromMs: z.number(),
  toMs: z.number(),
  courses: z.array(
    z.object({
      station: z.string(),
      course: z.object({
        cuts: z.array(spanSchema),
        hasUps: z.boolean(),
        reboots: z.array(spanSchema),
        outages: z.array(spanSchema),
        holidays: z.array(spanSchema),
        isLeftHeating: z.boolean(),
        fault: z.object({ kind: z.string(), fault: z.string(), fromMs: z.number() }).optional(),
      }),
    }),
  ),
})
export type CityHeader = z.infer<typeof headerSchema>
export type CityCourse = CityHeader['courses'][number]['course']

/** A device's word (said at `t`, arrived at `a`, its values by metric), or a gateway's that it is there or gone. */
export type CityLine =
  | { t: number; a: number; d: string; v: Partial<Record<Metric, number>> }
  | { a: number; gateway: string; online: boolean }

/** Reads a city as `npm run -s city` of the simulators writes it: the header, and the lines after it, station by station. */
export async function readCity(
  input: NodeJS.ReadableStream,
): Promise<{ header: CityHeader; lines: AsyncGenerator<CityLine> }> {
  const texts = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]()
  const first = await texts.next()
  if (first.done === true) throw new Error('no city on the standard input; pipe `npm run -s city` into this')
  const header = headerSchema.parse(JSON.parse(first.value))
  return { header, lines: parsed(texts) }
}

async function* parsed(texts: AsyncIterator<string>): AsyncGenerator<CityLine> {
  for (;;) {
    const next = await texts.next()
    if (next.done === true) return
    // Our own simulators wrote it a moment ago: its shape is a matter of their types.
    if (next.value !== '') yield JSON.parse(next.value) as CityLine
  }
}
