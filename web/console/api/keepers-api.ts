import {
  type ImportResult,
  type MyRota,
  type RotaGapList,
  type RotaMemberRequest,
  type RotaWeek,
  type Shift,
  type ShiftActRequest,
  type ShiftRequest,
  type StationRota,
  type StockActRequest,
  type StockBatchRequest,
  type StockCheckRequest,
  type StockHistory,
  type StockItem,
  type StockItemRequest,
  type StockList,
  type VoicesReport,
  importResultSchema,
  myRotaSchema,
  rotaGapListSchema,
  rotaMemberAddedSchema,
  rotaWeekSchema,
  shiftSchema,
  stationRotaSchema,
  stockHistorySchema,
  stockItemSchema,
  stockListSchema,
  voicesReportSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import type { Ask } from './work-orders-api.ts'

/** Whom a rota was given, with the address of a new volunteer's calendar. */
export type AddedMember = z.infer<typeof rotaMemberAddedSchema>

/** Rotas, stock and voices in the HTTP API. Every method rejects with a RequestError. */
export interface KeepersApi {
  mine: (signal?: AbortSignal) => Promise<MyRota>
  gaps: (query: URLSearchParams, signal?: AbortSignal) => Promise<RotaGapList>
  week: (query: URLSearchParams, signal?: AbortSignal) => Promise<RotaWeek>
  station: (station: string, from: string | undefined, signal?: AbortSignal) => Promise<StationRota>
  setNeeds: (station: string, needsKeeper: boolean) => Promise<undefined>
  addMember: (station: string, request: RotaMemberRequest) => Promise<AddedMember>
  endMember: (station: string, person: string) => Promise<undefined>
  addShift: (station: string, request: ShiftRequest) => Promise<undefined>
  endPattern: (id: string) => Promise<undefined>
  act: (shift: string, request: ShiftActRequest) => Promise<Shift>
  stock: (query: URLSearchParams, signal?: AbortSignal) => Promise<StockList>
  stockHistory: (item: string, signal?: AbortSignal) => Promise<StockHistory>
  addItem: (station: string, request: StockItemRequest) => Promise<StockItem>
  addBatch: (item: string, request: StockBatchRequest) => Promise<StockItem>
  stockAct: (batch: string, request: StockActRequest) => Promise<StockItem>
  /** Sent again it is the same. */
  stockCheck: (station: string, request: StockCheckRequest) => Promise<undefined>
  /** Picture `n` (from 1) of a batch that was counted; sent again it is the same. */
  stockPhoto: (place: { key: string; batch: string; n: number }, photo: Blob) => Promise<undefined>
  importStock: (file: Blob, isDry: boolean) => Promise<ImportResult>
  voices: (query: URLSearchParams, signal?: AbortSignal) => Promise<VoicesReport>
}

const nothing = z.undefined()

export function createKeepersApi(ask: Ask): KeepersApi {
  const at = (station: string, rest: string) => `stations/${encodeURIComponent(station)}/${rest}`
  return {
    mine: signal => ask('rota/mine', myRotaSchema, { signal }),
    gaps: (query, signal) => ask(`rota/gaps?${query}`, rotaGapListSchema, { signal }),
    week: (query, signal) => ask(`rota/week?${query}`, rotaWeekSchema, { signal }),
    station: (station, from, signal) =>
      ask(at(station, from === undefined ? 'rota' : `rota?from=${from}`), stationRotaSchema, { signal }),
    setNeeds: (station, needsKeeper) => ask(at(station, 'rota'), nothing, { method: 'PUT', body: { needsKeeper } }),
    addMember: (station, body) => ask(at(station, 'rota/members'), rotaMemberAddedSchema, { method: 'POST', body }),
    endMember: (station, person) =>
      ask(at(station, `rota/members?${new URLSearchParams({ person })}`), nothing, { method: 'DELETE' }),
    addShift: (station, body) => ask(at(station, 'rota/shifts'), nothing, { method: 'POST', body }),
    endPattern: id => ask(`rota/patterns/${encodeURIComponent(id)}`, nothing, { method: 'DELETE' }),
    act: (shift, body) => ask(`rota/shifts/${encodeURIComponent(shift)}/acts`, shiftSchema, { method: 'POST', body }),
    stock: (query, signal) => ask(`stock?${query}`, stockListSchema, { signal }),
    stockHistory: (item, signal) => ask(`stock/${encodeURIComponent(item)}/history`, stockHistorySchema, { signal }),
    addItem: (station, body) => ask(at(station, 'stock'), stockItemSchema, { method: 'POST', body }),
    addBatch: (item, body) =>
      ask(`stock/${encodeURIComponent(item)}/batches`, stockItemSchema, { method: 'POST', body }),
    stockAct: (batch, body) =>
      ask(`stock-batches/${encodeURIComponent(batch)}/acts`, stockItemSchema, { method: 'POST', body }),
    stockCheck: (station, body) => ask(at(station, 'stock-checks'), nothing, { method: 'POST', body }),
    stockPhoto: ({ key, batch, n }, body) =>
      ask(`stock-checks/${key}/photos/${encodeURIComponent(batch)}/${n}`, nothing, { method: 'PUT', body }),
    importStock: (file, isDry) =>
      ask(`stock/import?dry=${isDry}`, importResultSchema, {
        method: 'POST',
        // The server looks at what it is; a phone's name for it may be anything.
        body: new Blob([file], { type: 'text/csv' }),
      }),
    voices: (query, signal) => ask(`voices?${query}`, voicesReportSchema, { signal }),
  }
}
