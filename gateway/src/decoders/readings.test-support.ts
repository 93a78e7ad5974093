import type { Decoded, Decoder } from './decoder.ts'

/** A decoder's answer in one line a value: `address#channel/part metric value`; for tables in tests. */
export function told(decoder: Decoder, topic: string, payload: unknown): string[] {
  return lines(decoder.decode(topic, bytes(payload)))
}

export function bytes(payload: unknown): Uint8Array {
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
}

export function lines(decoded: Decoded): string[] {
  switch (decoded.kind) {
    case 'ignored':
      return ['ignored']
    case 'rejected':
      return [`rejected ${decoded.reason}`]
    case 'readings':
      return [
        ...decoded.readings.map(
          ({ address, channel, part, metric, value }) =>
            `${address}${channel === undefined ? '' : `#${channel}`}${part === undefined ? '' : `/${part}`} ${metric} ${value}`,
        ),
        ...decoded.rejected.map(({ reason }) => `rejected ${reason}`),
      ]
  }
}
