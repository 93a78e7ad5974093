import { VisitorFailure, askServer, failureOf } from '../station/visitor-api.ts'
import type { ReportSender } from './outbox.ts'

/** 500 KB over the slowest 3G take half a minute. */
const PHOTO_TIMEOUT_MS = 120_000

/** Reports over HTTP. */
export const reportSender: ReportSender = {
  async send({ request, station }) {
    await askServer(`/api/v1/stations/${station}/feedback`, request)
  },
  sendPhoto: ({ key, number, blob }, onShare) =>
    new Promise((resolve, reject) => {
      // fetch cannot tell how much of a body is sent.
      const http = new XMLHttpRequest()
      http.open('PUT', `/api/v1/feedback/${key}/photos/${number}`)
      http.setRequestHeader('content-type', blob.type)
      http.timeout = PHOTO_TIMEOUT_MS
      http.upload.addEventListener('progress', ({ loaded, total, lengthComputable }) => {
        if (lengthComputable && total > 0) onShare(loaded / total)
      })
      http.addEventListener('load', () => {
        const { status } = http
        if (status >= 200 && status < 300) resolve()
        else reject(failureOf(status, http.responseText, http.getResponseHeader('retry-after')))
      })
      const lost = () => reject(new VisitorFailure('unreachable', 'photo: no answer'))
      http.addEventListener('error', lost)
      http.addEventListener('timeout', lost)
      http.addEventListener('abort', lost)
      http.send(blob)
    }),
}
