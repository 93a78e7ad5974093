import type { RuleView } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Route } from '../http/route.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { readSecret } from '../registry/secret-file.ts'
import { createMailAddress } from './mail-address.ts'
import { reportAttachment } from '../reports/report-files.ts'
import { createMailSender } from './mail-sender.ts'
import { createPushSender, pushPublicKey } from './push-sender.ts'
import { type Tell, createTell } from './tell.ts'
import { type TellOutbox, createTellOutbox } from './tell-outbox.ts'
import { tellRoutes } from './tell.routes.ts'

export interface TellServerSettings {
  secretsDir: string
  /** Without a trailing slash. */
  publicUrl: string | undefined
  timeZone: string
  /** Undefined: this server sends no mail. */
  mail: { url: string; from: string } | undefined
  /** Origins to which push messages may go. */
  pushServices: readonly string[]
}

export interface OpenTellDeps {
  db: RegistryDb
  rules: readonly RuleView[]
  nowMs: () => number
  newId: () => string
  randomBytes: (size: number) => Uint8Array
  log: Logger
}

/** Telling people, with what others need of it. */
export interface Telling extends Tell {
  routes: Route[]
  outbox: TellOutbox
  /** Whether this server sends mail at all. */
  sendsMail: boolean
}

/** Telling people as the server runs it. @throws RegistryError `SECRET_MISSING`. */
export async function openTell(
  settings: TellServerSettings,
  { db, rules, nowMs, newId, randomBytes, log }: OpenTellDeps,
): Promise<Telling> {
  const { mail, publicUrl, pushServices, timeZone } = settings
  const privateKey = await readSecret(settings.secretsDir, 'push-key')
  const sendPush = createPushSender({ privateKey, subject: contactOf(settings), services: pushServices })
  const sendMail = mail === undefined ? undefined : createMailSender(mail)
  if (sendMail === undefined) log.info('nobody is told by mail: SMTP_URL and MAIL_FROM are not set')
  const outbox = createTellOutbox({
    db,
    sendPush,
    sendMail,
    publicUrl,
    timeZone,
    attachmentOf: (kind, subject, language) =>
      kind === 'report' ? reportAttachment(db, subject, { language, timeZone }) : Promise.resolve(undefined),
    nowMs,
    log,
  })
  const tell = createTell({ db, outbox, rules, nowMs, newId, log })
  const routes = tellRoutes({
    db,
    tell,
    mailAddress: createMailAddress({ db, sendMail, publicUrl, nowMs, randomBytes }),
    outbox,
    pushKey: pushPublicKey(privateKey),
    pushServices,
    sendsMail: sendMail !== undefined,
    nowMs,
  })
  return { ...tell, routes, outbox, sendsMail: sendMail !== undefined }
}

/** Where push services find whoever runs this server (RFC 8292 2.1). */
function contactOf({ publicUrl, mail }: Pick<TellServerSettings, 'publicUrl' | 'mail'>): string {
  if (publicUrl?.startsWith('https:') === true) return publicUrl
  const address = /[^\s<>]+@[^\s<>]+/.exec(mail?.from ?? '')?.[0]
  return `mailto:${address ?? 'harbor@localhost'}`
}
