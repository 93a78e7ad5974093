import {
  type AcceptRequest,
  type BenchView,
  type CommandView,
  type TagList,
  type TwinPage,
  type TwinView,
  type adoptionSchema,
  benchViewSchema,
  commandViewSchema,
  tagListSchema,
  twinPageSchema,
  twinViewSchema,
} from '@harbor/protocol'
import type { z } from 'zod'
import { fleetPath } from './fleet-path.ts'
import type { Ask } from './work-orders-api.ts'

/** As it is asked for: what is left out is as proposed. */
export type WishedAdoption = z.input<typeof adoptionSchema>

/** What gateways are to be, what they say they are, and those on the bench. */
export interface TwinApi {
  /** `query` as web/console/fleet/gateways/twin-filters.ts makes it. */
  list: (query: string, signal?: AbortSignal) => Promise<TwinPage>
  view: (gateway: string, signal?: AbortSignal) => Promise<TwinView>
  tags: (signal?: AbortSignal) => Promise<TagList>
  setTags: (gateway: string, tags: string[]) => Promise<TwinView>
  adopt: (gateway: string, adoption: WishedAdoption) => Promise<TwinView>
  bench: (gateway: string, signal?: AbortSignal) => Promise<BenchView>
  testRelay: (gateway: string, test: { device: string; action: 'relay-on' | 'relay-off' }) => Promise<CommandView>
  accept: (gateway: string, request: AcceptRequest) => Promise<BenchView>
}

export function createTwinApi(ask: Ask): TwinApi {
  const of = (gateway: string, ...rest: string[]) => fleetPath('gateways', gateway, ...rest)
  return {
    list: (query, signal) => ask(`${fleetPath('gateways')}?${query}`, twinPageSchema, { signal }),
    view: (gateway, signal) => ask(of(gateway), twinViewSchema, { signal }),
    tags: signal => ask(fleetPath('tags'), tagListSchema, { signal }),
    setTags: (gateway, tags) => ask(of(gateway, 'tags'), twinViewSchema, { method: 'PUT', body: { tags } }),
    adopt: (gateway, body) => ask(of(gateway, 'adopt'), twinViewSchema, { method: 'POST', body }),
    bench: (gateway, signal) => ask(of(gateway, 'bench'), benchViewSchema, { signal }),
    testRelay: (gateway, body) => ask(of(gateway, 'bench', 'relay-test'), commandViewSchema, { method: 'POST', body }),
    accept: (gateway, body) => ask(of(gateway, 'bench', 'accept'), benchViewSchema, { method: 'POST', body }),
  }
}

/** Where the acceptance sheet of a gateway is fetched. */
export function sheetPath(gateway: string, language: 'zh' | 'en'): string {
  return `/api/v1/${fleetPath('gateways', gateway, 'bench', 'sheet.pdf')}?lang=${language}`
}
