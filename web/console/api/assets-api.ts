import {
  type AssetDetail,
  type AssetEdit,
  type AssetList,
  type ImportResult,
  type LabelSheet,
  type Plan,
  type PlanList,
  type PlanPreview,
  type PlanRequest,
  type WarrantyState,
  type ApplianceKind,
  assetDetailSchema,
  assetListSchema,
  importResultSchema,
  planListSchema,
  planPreviewSchema,
  planSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import type { Ask } from './work-orders-api.ts'

/** What a list of appliances is narrowed to. */
export interface AssetFilters {
  kind?: ApplianceKind | undefined
  station?: string | undefined
  warranty?: WarrantyState | undefined
  service: 'in' | 'retired' | 'all'
  text: string
}

/** The register in the HTTP API. Every method rejects with a RequestError. */
export interface AssetsApi {
  list: (filters: AssetFilters, limit: number, signal?: AbortSignal) => Promise<AssetList>
  /** By tag or id. */
  detail: (tag: string, signal?: AbortSignal) => Promise<AssetDetail>
  edit: (tag: string, edit: AssetEdit) => Promise<AssetDetail>
  /** With `isDry` nothing is done, and the answer says what would be. */
  importTable: (file: Blob, isDry: boolean) => Promise<ImportResult>
}

/** Preventive plans in the HTTP API. */
export interface PlansApi {
  list: (signal?: AbortSignal) => Promise<PlanList>
  preview: (request: Pick<PlanRequest, 'target' | 'schedule'>, signal?: AbortSignal) => Promise<PlanPreview>
  create: (request: PlanRequest) => Promise<Plan>
  change: (id: string, act: 'pause' | 'resume' | 'end') => Promise<void>
}

export function createAssetsApi(ask: Ask): AssetsApi {
  const path = (tag: string) => `assets/${encodeURIComponent(tag)}`
  return {
    list: (filters, limit, signal) => ask(`assets?${filterQuery(filters)}&limit=${limit}`, assetListSchema, { signal }),
    detail: (tag, signal) => ask(path(tag), assetDetailSchema, { signal }),
    edit: (tag, body) => ask(path(tag), assetDetailSchema, { method: 'PUT', body }),
    importTable: (file, isDry) =>
      ask(`assets/import?dry=${isDry}`, importResultSchema, {
        method: 'POST',
        // The server looks at what it is; a phone's name for it may be anything.
        body: new Blob([file], { type: 'text/csv' }),
      }),
  }
}

export function createPlansApi(ask: Ask): PlansApi {
  return {
    list: signal => ask('plans', planListSchema, { signal }),
    preview: (body, signal) => ask('plans/preview', planPreviewSchema, { method: 'POST', body, signal }),
    create: body => ask('plans', planSchema, { method: 'POST', body }),
    change: async (id, act) => {
      await ask(`plans/${encodeURIComponent(id)}/acts`, z.object({ id: z.string() }), { method: 'POST', body: { act } })
    },
  }
}

/** The filters as the API takes them. */
export function filterQuery({ kind, station, warranty, service, text }: AssetFilters): URLSearchParams {
  const query = new URLSearchParams({ service })
  if (kind !== undefined) query.set('kind', kind)
  if (station !== undefined) query.set('station', station)
  if (warranty !== undefined) query.set('warranty', warranty)
  if (text !== '') query.set('q', text)
  return query
}

/** Where a table of the appliances is fetched. */
export function exportPath(filters: AssetFilters, format: 'csv' | 'xlsx', language: 'zh' | 'en'): string {
  return `/api/v1/assets/export.${format}?${filterQuery(filters)}&language=${language}`
}

/** Where their labels are fetched. */
export function labelsPath(filters: AssetFilters, sheet: LabelSheet): string {
  return `/api/v1/assets/labels.pdf?${filterQuery(filters)}&sheet=${sheet}`
}

/** Where the sheet with a station's door code is fetched. */
export function doorCodePath(station: string): string {
  return `/api/v1/door-codes.pdf?stations=${encodeURIComponent(station)}`
}
