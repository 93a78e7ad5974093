import type { FeedbackTopic } from '@harbor/protocol'

/** Topics in the order in which a tired person looks for them. */
export const FEEDBACK_TOPIC_ORDER = [
  'broken',
  'out_of_water',
  'closed_though_open',
  'dirty',
  'full',
  'thanks',
  'other',
] as const satisfies readonly FeedbackTopic[]

/** Whether it matters which appliance it is about. */
export function takesAppliance(topic: FeedbackTopic): boolean {
  return topic === 'broken' || topic === 'out_of_water' || topic === 'dirty' || topic === 'other'
}
