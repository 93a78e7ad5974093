import { parseArgs } from 'node:util'
import { ingestLines, measureIngest } from './ingest.ts'
import { machineLine } from './rig.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string' },
    gateways: { type: 'string' },
    rate: { type: 'string' },
    pack: { type: 'string', default: '200' },
    node: { type: 'string', multiple: true, default: [] },
  },
})
const print = (line: string) => void process.stdout.write(`${line}\n`)
print(machineLine())
if (positionals[0] === 'ingest')
  for (const line of ingestLines(
    await measureIngest({
      minutes: Number(values.minutes ?? 5),
      gateways: Number(values.gateways ?? 5000),
      rate: Number(values.rate ?? 100000),
      pack: Number(values.pack),
      nodeOptions: values.node,
      print,
    }),
  ))
    print(line)
