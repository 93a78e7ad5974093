import { errorText } from '@harbor/protocol'
import { createTransport } from 'nodemailer'
import type { SendMail } from './channels.ts'

const TIMEOUT_MS = 15_000

/**
 * Sends by SMTP.
 *
 * @param settings `url`: such as smtps://user:password@mail.example:465; `from`: the sender.
 */
export function createMailSender({ url, from }: { url: string; from: string }): SendMail {
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // A letter of ours has words alone: nothing of it is read from a file or fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([^\s>]+)>?$/.exec(from)?.[1] ?? 'localhost'
  return async ({ to, subject, text, id, attachment }) => {
    try {
      await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        ...(attachment !== undefined && {
          attachments: [
            { filename: attachment.name, contentType: attachment.type, content: Buffer.from(attachment.bytes) },
          ],
        }),
        messageId: `<${id}@${domain}>`,
        // Nobody's holiday note is to answer (RFC 3834).
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      return { result: 'sent' }
    } catch (error) {
      // 5xx of SMTP is for ever (RFC 5321 4.2.1), but for a login that is refused: that the operator sets right.
      const { responseCode, code } = error as { responseCode?: number; code?: string }
      const isForEver = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH'
      return { result: isForEver ? 'refused' : 'later', reason: errorText(error) }
    }
  }
}
