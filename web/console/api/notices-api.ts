import {
  type DistrictWeather,
  type HeatProposal,
  type NoticeAct,
  type NoticeDetail,
  type NoticeList,
  type NoticePreview,
  type WeatherRequest,
  displayAddressSchema,
  districtWeatherSchema,
  heatProposalSchema,
  type noticeChoiceSchema,
  noticeDetailSchema,
  noticeListSchema,
  noticePreviewSchema,
  type noticeRequestSchema,
} from '@harbor/protocol'
import type { z } from 'zod'
import type { Ask } from './work-orders-api.ts'

/** An order to be; the server fills in what is left out. */
export type NoticeDraft = z.input<typeof noticeRequestSchema>
export type NoticeChoiceDraft = z.input<typeof noticeChoiceSchema>

/** Orders and heat in the HTTP API. Every method rejects with a RequestError. */
export interface NoticesApi {
  list: (state: 'standing' | 'all', signal?: AbortSignal) => Promise<NoticeList>
  detail: (id: string, signal?: AbortSignal) => Promise<NoticeDetail>
  preview: (choice: NoticeChoiceDraft) => Promise<NoticePreview>
  /** With a key of its own: sent twice, after a lost answer, it is there once. */
  issue: (draft: NoticeDraft) => Promise<NoticeDetail>
  act: (id: string, act: NoticeAct) => Promise<NoticeDetail>
  addPhoto: (id: string, n: number, photo: Blob) => Promise<NoticeDetail>
  remind: (id: string) => Promise<NoticeDetail>
  withdraw: (id: string, reason: string) => Promise<NoticeDetail>
  heat: (district: string, until: string | undefined, signal?: AbortSignal) => Promise<HeatProposal>
  typeWeather: (weather: WeatherRequest) => Promise<DistrictWeather>
  /** The address of a station's display. */
  display: (station: string) => Promise<{ url: string }>
  /** Another address; the old one shows nothing any more. */
  renewDisplay: (station: string) => Promise<{ url: string }>
}

export function createNoticesApi(ask: Ask): NoticesApi {
  const path = (id: string, rest = '') => `notices/${encodeURIComponent(id)}${rest}`
  const post = (body: unknown) => ({ method: 'POST' as const, body })
  return {
    list: (state, signal) => ask(`notices?state=${state}`, noticeListSchema, { signal }),
    detail: (id, signal) => ask(path(id), noticeDetailSchema, { signal }),
    preview: choice => ask('notices/preview', noticePreviewSchema, post(choice)),
    issue: draft => ask('notices', noticeDetailSchema, post(draft)),
    act: (id, act) => ask(path(id, '/acts'), noticeDetailSchema, post(act)),
    addPhoto: (id, n, photo) => ask(path(id, `/receipts/${n}/photos`), noticeDetailSchema, post(photo)),
    remind: id => ask(path(id, '/remind'), noticeDetailSchema, post({})),
    withdraw: (id, reason) => ask(path(id, '/withdraw'), noticeDetailSchema, post({ reason })),
    heat: (district, until, signal) =>
      ask(
        `heat/proposal?${new URLSearchParams({ district, ...(until !== undefined && { until }) })}`,
        heatProposalSchema,
        { signal },
      ),
    typeWeather: weather => ask('weather', districtWeatherSchema, post(weather)),
    display: station => ask(`stations/${encodeURIComponent(station)}/display`, displayAddressSchema),
    renewDisplay: station =>
      ask(`stations/${encodeURIComponent(station)}/display/renew`, displayAddressSchema, post({})),
  }
}
