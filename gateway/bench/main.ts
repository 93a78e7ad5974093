import { parseArgs } from 'node:util'
import { benchBacklog } from './backlog.ts'
import { benchKills } from './kills.ts'
import { benchMemory } from './memory.ts'
import { sayMachine } from './rig.ts'
import { benchThroughput } from './throughput.ts'

const USAGE = `npm run bench -w gateway -- [memory | throughput | backlog | kills] [options]; all of them without a name
  throughput  --rate 1000 --seconds 60
  kills       --seed 1 --kills 20 --minutes 1
`
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '1' },
  },
})
const number = (text: string) => {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`bench: expected a number above 0, got "${text}"`)
  return value
}
const benches: Record<string, () => Promise<unknown>> = {
  memory: benchMemory,
  throughput: () => benchThroughput({ rate: number(values.rate), seconds: number(values.seconds) }),
  backlog: benchBacklog,
  kills: async () => {
    const options = { seed: number(values.seed), kills: number(values.kills), minutes: number(values.minutes) }
    if (!(await benchKills(options))) process.exitCode = 1
  },
}
const asked = positionals.length === 0 ? Object.keys(benches) : positionals
if (asked.some(name => !Object.hasOwn(benches, name))) {
  process.stderr.write(USAGE)
  process.exitCode = 2
} else {
  sayMachine()
  for (const name of asked) await benches[name]?.()
}
