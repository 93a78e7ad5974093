import {
  type AlertList,
  type CommandView,
  type Inbox,
  type InboxMap,
  type RepairList,
  alertListSchema,
  commandListSchema,
  commandViewSchema,
  inboxMapSchema,
  inboxSchema,
  repairListSchema,
} from '@harbor/protocol'
import type { Ask } from './work-orders-api.ts'

/** What is asked of a device. */
export type CommandAction = CommandView['action']

/** The inbox, earlier repairs and switching in the HTTP API. Every method rejects with a RequestError. */
export interface InboxApi {
  /** `query` as web/console/inbox/inbox-filters.ts makes it. */
  inbox: (query: string, signal?: AbortSignal) => Promise<Inbox>
  /** `query` as for the inbox, with `box` and `zoom`. */
  map: (query: string, signal?: AbortSignal) => Promise<InboxMap>
  /** A station's alerts, newest first, at most 200. */
  alertsOf: (station: string, state: 'open' | 'suppressed', signal?: AbortSignal) => Promise<AlertList>
  repairs: (alert: string, signal?: AbortSignal) => Promise<RepairList>
  command: (device: string, action: CommandAction) => Promise<CommandView>
  /** The device's newest commands, newest first. */
  commands: (device: string, signal?: AbortSignal) => Promise<CommandView[]>
}

export function createInboxApi(ask: Ask): InboxApi {
  const commandsOf = (device: string) => `devices/${encodeURIComponent(device)}/commands`
  return {
    inbox: (query, signal) => ask(`inbox?${query}`, inboxSchema, { signal }),
    map: (query, signal) => ask(`inbox/map?${query}`, inboxMapSchema, { signal }),
    alertsOf: (station, state, signal) => {
      const search = new URLSearchParams({ station, state, limit: '200' })
      return ask(`alerts?${search}`, alertListSchema, { signal })
    },
    repairs: (alert, signal) => ask(`alerts/${encodeURIComponent(alert)}/repairs`, repairListSchema, { signal }),
    command: (device, action) => ask(commandsOf(device), commandViewSchema, { method: 'POST', body: { action } }),
    commands: async (device, signal) => (await ask(commandsOf(device), commandListSchema, { signal })).commands,
  }
}
