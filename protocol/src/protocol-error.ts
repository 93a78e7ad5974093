import { HarborError } from './errors.ts'

/**
 * Why input from the wire was refused. The words are the labels of the `reason` in `/metrics` and in logs: a closed list,
 * so that no sender can grow it.
 */
export const REJECT_REASONS = [
  'too_large', // more bytes than the topic may carry
  'not_json', // not UTF-8 JSON
  'wrong_shape', // JSON, but not the object of this topic
  'wrong_topic', // a topic that is none of ours, or not the sender's
  'not_a_pack', // "pack" is no list of records
  'bad_record', // a record's base fields or name are of the wrong type
  'bad_name', // the name is not urn:harbor:{device}:{metric}
  'bad_time', // no absolute time
  'time_future', // more than 10 minutes ahead
  'time_past', // older than any backlog can be, such as 1970
  'unknown_metric',
  'unknown_device', // not a device of the gateway that sent it
  'wrong_type', // text where a number belongs, a number where a state belongs
  'wrong_unit',
  'not_finite',
  'out_of_range',
] as const

export type RejectReason = (typeof REJECT_REASONS)[number]

/** The only error a decoder of this package throws, whatever bytes it was given. `code` is the reject reason. */
export class ProtocolError extends HarborError<RejectReason> {
  constructor(reason: RejectReason, message: string, options: { cause?: unknown } = {}) {
    super(reason, message, options)
    this.name = 'ProtocolError'
  }
}
