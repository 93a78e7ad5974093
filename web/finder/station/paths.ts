import type { FeedbackTopic } from '@harbor/protocol'

/** What is chosen already when the report's page opens. */
export interface ReportChoice {
  topic?: FeedbackTopic
  appliance?: string
}

/** Where one reports or thanks. */
export function reportPath(station: string, { topic, appliance }: ReportChoice = {}): string {
  const query = new URLSearchParams()
  if (topic !== undefined) query.set('topic', topic)
  if (appliance !== undefined) query.set('appliance', appliance)
  const text = query.toString()
  return `/s/${station}/report${text === '' ? '' : `?${text}`}`
}

/** What this phone has reported. */
export const MY_REPORTS_PATH = '/mine'

/** A page of what a visitor does at a station, by its address. */
export type VisitorPage =
  | { page: 'report'; station: string }
  /** The code on an appliance: its asset tag, or its id. */
  | { page: 'appliance'; tag: string }
  /** The code on the door. */
  | { page: 'door'; station: string }
  | { page: 'mine' }

const ID = '[a-z0-9-]{1,40}'
const REPORT = new RegExp(`^/s/(${ID})/report/?$`)
const DOOR = new RegExp(`^/d/(${ID})/?$`)
const APPLIANCE = /^\/a\/([^/]{1,240})\/?$/

/** The visitor's page at a path (without its query); undefined: it is none. */
export function parseVisitorPage(path: string): VisitorPage | undefined {
  const report = REPORT.exec(path)?.[1]
  if (report !== undefined) return { page: 'report', station: report }
  const door = DOOR.exec(path)?.[1]
  if (door !== undefined) return { page: 'door', station: door }
  const tag = APPLIANCE.exec(path)?.[1]
  if (tag !== undefined) {
    const decoded = tryDecode(tag)
    return decoded === undefined ? undefined : { page: 'appliance', tag: decoded }
  }
  return /^\/mine\/?$/.test(path) ? { page: 'mine' } : undefined
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined // A percent sign that stands for nothing.
  }
}
