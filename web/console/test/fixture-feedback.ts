import type { FeedbackView } from '@harbor/protocol'
import { PERSON, STATION } from './fixture-data.ts'

/** The smallest picture: one grey pixel, as a GIF. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAICAgAAAACwAAAAAAQABAAACAkQBADs=', 'base64')

/** A visitor's report of the fixture's station. */
export function report(id: string, atMs: number, rest: Partial<FeedbackView> = {}): FeedbackView {
  const at = new Date(atMs).toISOString()
  return {
    id,
    station: STATION,
    stationNameZh: '煤建新村港湾',
    stationNameEn: 'Meijian Xincun Harbor',
    district: '500103',
    topic: 'broken',
    appliance: `${STATION}-microwave`,
    applianceKind: 'microwave',
    text: '微波炉转但不热 <b>not bold</b>',
    stars: 2,
    state: 'received',
    revision: 1,
    writtenAt: at,
    receivedAt: at,
    changedAt: at,
    photos: [{ id: `${id}-photo` }],
    ...rest,
  }
}

/** What a call of the API is answered with: a picture, or a body for JSON. */
export type FeedbackAnswer = { picture: Buffer } | { body: unknown } | undefined

/** Answers what is asked of visitors' reports; undefined: it is about something else, or there is no such report. */
export function answerFeedback(
  reports: FeedbackView[],
  call: { method: string; url: URL; text: string },
): FeedbackAnswer {
  const path = call.url.pathname.slice('/api/v1/'.length)
  const at = new Date().toISOString()
  if (`${call.method} ${path}` === 'GET feedback') {
    const [state, topic] = [call.url.searchParams.get('state'), call.url.searchParams.get('topic')]
    const feedback = reports.filter(
      one =>
        (state === 'all' || !['answered', 'closed'].includes(one.state)) && (topic === null || one.topic === topic),
    )
    return { body: { at, feedback } }
  }
  const [, kind, id, act] = /^(feedback|feedback-photos)\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
  const index = reports.findIndex(one => one.id === id || one.photos.some(photo => photo.id === id))
  const known = reports[index]
  if (known === undefined) return undefined
  if (kind === 'feedback-photos' && act === undefined) return { picture: PIXEL }
  const { text = '' } = (call.text === '' ? {} : JSON.parse(call.text)) as { text?: string }
  const released = { at, by: PERSON.name }
  const change: Partial<FeedbackView> =
    act === 'reply'
      ? { state: 'answered', reply: { text, at, by: PERSON.name } }
      : act === 'close'
        ? { state: 'closed', closed: { at, by: PERSON.name } }
        : { photos: known.photos.map(photo => ({ id: photo.id, ...(call.method === 'POST' && { released }) })) }
  const changed: FeedbackView = { ...known, ...change, revision: known.revision + 1, changedAt: at }
  reports[index] = changed
  return { body: changed }
}
