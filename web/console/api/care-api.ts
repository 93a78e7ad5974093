import {
  type ChecklistFillDetail,
  type ChecklistFillList,
  type ChecklistFillRequest,
  type ChecklistTemplate,
  type ChecklistTemplateList,
  type ChecklistTemplateRequest,
  type FigureReport,
  type TellChoice,
  type TellDeviceRequest,
  type TellSettings,
  type TellTest,
  type Undelivered,
  checklistFillDetailSchema,
  checklistFillListSchema,
  checklistTemplateListSchema,
  checklistTemplateSchema,
  figureReportSchema,
  tellSettingsSchema,
  tellTestSchema,
  undeliveredSchema,
} from '@harbor/protocol'
import type { Ask } from './work-orders-api.ts'

/** Checklists in the HTTP API. Every method rejects with a RequestError. */
export interface ChecklistsApi {
  templates: (signal?: AbortSignal) => Promise<ChecklistTemplateList>
  /** With those that are no longer offered. */
  everyTemplate: (signal?: AbortSignal) => Promise<ChecklistTemplateList>
  /** Every version of one, the newest first. */
  versions: (id: string, signal?: AbortSignal) => Promise<ChecklistTemplateList>
  /** Makes the next version; sent again it is the same. */
  put: (id: string, request: ChecklistTemplateRequest) => Promise<ChecklistTemplate>
  /** `query`: station, workOrder, after. */
  fills: (query: Readonly<Record<string, string>>, signal?: AbortSignal) => Promise<ChecklistFillList>
  fill: (key: string, signal?: AbortSignal) => Promise<ChecklistFillDetail>
  /** Sent again it is the same. */
  submit: (request: ChecklistFillRequest) => Promise<ChecklistFillDetail>
  /** Picture `n` of a line, from 1 on; sent again it is the same. */
  addPhoto: (place: { key: string; line: string; n: number }, photo: Blob) => Promise<ChecklistFillDetail>
}

export function createChecklistsApi(ask: Ask): ChecklistsApi {
  return {
    templates: signal => ask('checklists', checklistTemplateListSchema, { signal }),
    everyTemplate: signal => ask('checklists?retired=true', checklistTemplateListSchema, { signal }),
    versions: (id, signal) => ask(`checklists/${id}/versions`, checklistTemplateListSchema, { signal }),
    put: (id, body) => ask(`checklists/${id}`, checklistTemplateSchema, { method: 'POST', body }),
    fills: (query, signal) => ask(`checklist-fills?${new URLSearchParams(query)}`, checklistFillListSchema, { signal }),
    fill: (key, signal) => ask(`checklist-fills/${key}`, checklistFillDetailSchema, { signal }),
    submit: body => ask('checklist-fills', checklistFillDetailSchema, { method: 'POST', body }),
    addPhoto: ({ key, line, n }, body) =>
      ask(`checklist-fills/${key}/photos/${line}/${n}`, checklistFillDetailSchema, { method: 'PUT', body }),
  }
}

/** The figures of maintenance. Rejects with a RequestError. */
export interface FiguresApi {
  report: (query: URLSearchParams, signal?: AbortSignal) => Promise<FigureReport>
}

export function createFiguresApi(ask: Ask): FiguresApi {
  return { report: (query, signal) => ask(`figures?${query}`, figureReportSchema, { signal }) }
}

/** How the signed-in person is told. Every method rejects with a RequestError. */
export interface TellApi {
  settings: (signal?: AbortSignal) => Promise<TellSettings>
  choose: (choice: TellChoice) => Promise<TellSettings>
  addDevice: (device: TellDeviceRequest) => Promise<TellSettings>
  removeDevice: (id: string) => Promise<TellSettings>
  /** Has a letter with a code sent to the chosen address. */
  sendMailCode: () => Promise<TellSettings>
  confirmMail: (code: string) => Promise<TellSettings>
  test: () => Promise<TellTest>
  undelivered: (signal?: AbortSignal) => Promise<Undelivered>
}

export function createTellApi(ask: Ask): TellApi {
  return {
    settings: signal => ask('tell', tellSettingsSchema, { signal }),
    choose: body => ask('tell', tellSettingsSchema, { method: 'PUT', body }),
    addDevice: body => ask('tell/devices', tellSettingsSchema, { method: 'POST', body }),
    removeDevice: id => ask(`tell/devices/${id}`, tellSettingsSchema, { method: 'DELETE' }),
    sendMailCode: () => ask('tell/mail', tellSettingsSchema, { method: 'POST' }),
    confirmMail: code => ask('tell/mail/confirm', tellSettingsSchema, { method: 'POST', body: { code } }),
    test: () => ask('tell/test', tellTestSchema, { method: 'POST' }),
    undelivered: signal => ask('tell/undelivered', undeliveredSchema, { signal }),
  }
}
