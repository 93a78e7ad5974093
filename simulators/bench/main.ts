import { parseArgs } from 'node:util'
import { benchCountry } from './country.ts'
import { ingestLines, measureIngest } from './ingest.ts'
import { benchLatency } from './latency.ts'
import { benchMosquitto, benchNodeRed } from './peers.ts'
import { machineLine } from './rig.ts'

const USAGE = `npm run bench -w simulators -- ingest | country | latency | node-red | mosquitto [options]; without a name this text
  ingest     --minutes 5 --rate 100000 --gateways 5000 --pack 200 [--node=--cpu-prof]
  country    --minutes 3 --gateways 51000
  latency    --minutes 2 --rate 50000 --gateways 2500 --pack 200
  node-red   --minutes 2 --rate 100000 --gateways 5000 --pack 200
  mosquitto  --minutes 2 --rate 100000 --gateways 5000 --pack 200
`
/** What a server may take at most under load (bytes). */
const MAX_SERVER_BYTES = 1.5 * 2 ** 30
/** What was offered counts as carried when so much of it was. */
const CARRIED = 0.98

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string' },
    gateways: { type: 'string' },
    rate: { type: 'string' },
    pack: { type: 'string' },
    node: { type: 'string', multiple: true, default: [] },
  },
})
const print = (line: string) => void process.stdout.write(`${line}\n`)
const number = (text: string | undefined, preset: number) => {
  const value = text === undefined ? preset : Number(text)
  if (!(value > 0)) throw new Error(`bench: expected a number above 0, got "${text}"`)
  return value
}
const options = (minutes: number, rate: number, gateways: number) => ({
  minutes: number(values.minutes, minutes),
  rate: number(values.rate, rate),
  gateways: number(values.gateways, gateways),
  pack: number(values.pack, 200),
  print,
})

/** Each prints what it saw, and says whether its target is met; a ratio has none. */
const benches: Record<string, () => Promise<boolean | undefined>> = {
  ingest: async () => {
    const asked = options(5, 100_000, 5_000)
    const outcome = await measureIngest({ ...asked, nodeOptions: values.node })
    for (const line of ingestLines(outcome)) print(line)
    return (
      outcome.isWhole && outcome.readingsPerS >= CARRIED * asked.rate && outcome.serverRssBytes.most < MAX_SERVER_BYTES
    )
  },
  country: () => benchCountry({ minutes: number(values.minutes, 3), gateways: number(values.gateways, 51_000), print }),
  latency: () => benchLatency(options(2, 50_000, 2_500)),
  'node-red': async () => {
    await benchNodeRed(options(2, 100_000, 5_000))
    return undefined
  },
  mosquitto: async () => {
    await benchMosquitto(options(2, 100_000, 5_000))
    return undefined
  },
}

const [name, ...more] = positionals
const bench = name === undefined || more.length > 0 ? undefined : benches[name]
if (bench === undefined) process.stdout.write(USAGE)
else {
  print(`${name}: ${machineLine()}`)
  const isMet = await bench()
  if (isMet !== undefined) print(isMet ? 'the target is met' : 'the target is missed')
}
