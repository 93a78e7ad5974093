import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gatewayIdSchema, parseSettings, setting, startProblem } from '@harbor/protocol'
import { z } from 'zod'
import { type CertificateRecord, openCaFolder } from './ca/ca-folder.ts'

const HELP = `npm run ca -- COMMAND: certificates of your own for MQTT over TLS

  init [--name NAME]            make the authority in CA_DIR (default DATA_DIR/ca)
  server HOST[,HOST]…           a certificate for the broker under these names or addresses: server.pem (certificate and key)
  gateway ID [--request FILE]   a gateway's certificate: gateways/ID.pem and .key; with a PKCS #10 request only the .pem
  revoke ID|SERIAL              no longer counts; a broker that follows crl.pem cuts its connections within seconds
  list [--json]                 what was issued, until when, what is revoked
  roll [--name NAME]            a new root beside the old one: ca.pem holds both, give it to everybody, then issue anew
  drop-old-roots                when everybody has certificates of the new root
`

const settingsSchema = z.object({ DATA_DIR: setting.text('./data'), CA_DIR: z.string().optional() })

/** One host, as a certificate names it: a DNS name (RFC 1123) or an address. */
const hostSchema = z
  .string()
  .regex(/^(\*\.)?[A-Za-z0-9:]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?$/, 'expected a name or an address')

async function main(argv: readonly string[]): Promise<void> {
  const { DATA_DIR, CA_DIR } = parseSettings(settingsSchema, process.env)
  const dir = CA_DIR ?? join(DATA_DIR, 'ca')
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { name: { type: 'string' }, request: { type: 'string' }, json: { type: 'boolean' } },
  })
  const [command, argument] = positionals
  const ca = openCaFolder(dir, () => new Date())
  const name = values.name ?? "Workers' Harbor"
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  switch (command) {
    case 'init':
      await ca.init(name)
      return say(`made ${dir}/ca.pem (give it to everybody) and ${dir}/root-0.key (give it to nobody)`)
    case 'server': {
      const hosts = z.array(hostSchema).min(1).parse(wanted(argument, 'HOST').split(','))
      const record = await ca.issueServer(hosts)
      return say(`made ${dir}/server.pem for ${record.name}, good until ${record.notAfter.slice(0, 10)}`)
    }
    case 'gateway': {
      const id = gatewayIdSchema.parse(wanted(argument, 'ID'))
      const request = values.request === undefined ? undefined : await readFile(values.request, 'utf8')
      const record = await ca.issueGateway(id, request)
      return say(`made ${dir}/gateways/${id}.pem, good until ${record.notAfter.slice(0, 10)}`)
    }
    case 'revoke': {
      const revoked = await ca.revoke(wanted(argument, 'ID or SERIAL'))
      if (revoked.length === 0) throw new Error(`nothing to revoke: no certificate in use is called ${argument}`)
      for (const record of revoked) say(`revoked ${line(record)}`)
      return
    }
    case 'list': {
      const records = await ca.records()
      return say(values.json === true ? JSON.stringify(records) : records.map(line).join('\n') || 'nothing was issued')
    }
    case 'roll':
      await ca.roll(name)
      return say(`${dir}/ca.pem now holds the new root too; give it to everybody before you issue with it`)
    case 'drop-old-roots': {
      const orphans = await ca.dropOldRoots()
      for (const record of orphans) say(`no longer trusted: ${line(record)}`)
      return say(`${dir}/ca.pem holds the newest root alone`)
    }
    case undefined:
    case 'help':
      return say(HELP)
    default:
      throw new Error(`there is no command ${command}; \`npm run ca -- help\` lists them`)
  }
}

function wanted(argument: string | undefined, what: string): string {
  if (argument === undefined) throw new Error(`${what} is missing; \`npm run ca -- help\` tells more`)
  return argument
}

function line({ serial, kind, name, notAfter, revokedAt }: CertificateRecord): string {
  const end = revokedAt === undefined ? `until ${notAfter.slice(0, 10)}` : `revoked ${revokedAt.slice(0, 10)}`
  return `${serial} ${kind} ${name} ${end}`
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const first = error instanceof z.ZodError ? error.issues[0]?.message : undefined
  process.stderr.write(`ca: ${first ?? startProblem(error)}\n`)
  process.exitCode = 1
}
