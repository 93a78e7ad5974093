import type { FigureReport, NotifyRequest, Overview, Regions } from '@harbor/protocol'
import { wallTime } from './wall-clock.ts'

/** The date whose evening digest is due: from `atTime` until midnight, so that one that was missed while nothing ran still comes; undefined: none. */
export function digestDay(
  nowMs: number,
  { timeZone, atTime }: { timeZone: string; atTime: string },
): string | undefined {
  const { date, time } = wallTime(nowMs, timeZone)
  return time >= atTime ? date : undefined
}

/** The date whose weekly report is due: from `atTime` on `onWeekday` (1: Monday, 7: Sunday) until its midnight; undefined: none. */
export function reportWeek(
  nowMs: number,
  { timeZone, atTime, onWeekday }: { timeZone: string; atTime: string; onWeekday: number },
): string | undefined {
  const { date, time, weekday } = wallTime(nowMs, timeZone)
  return weekday === onWeekday && time >= atTime ? date : undefined
}

type Part = Overview['parts'][number]

/** What the managers of one street read in the evening. @param unswitched stations of its district that could not be switched off at closing, within a day. */
export function streetDigest(street: Part, date: string, unswitched = 0): NotifyRequest {
  const { region, nameZh, nameEn, stations, open, offline, appliancesFaulty, heatDanger, peopleNow } = street
  const doubtful = street.closedButShouldBeOpen + street.notConfirmed
  return {
    to: { roles: ['manager', 'keeper'], region },
    severity: 'P3',
    title: { zh: `${nameZh} ${date} 日报`, en: `${nameEn}, ${date}` },
    body: {
      zh: [
        `站点 ${stations} 个：开放 ${open}，离线 ${offline}，开放存疑 ${doubtful}`,
        `故障设备 ${appliancesFaulty} 台，高温危险站点 ${heatDanger} 个，现有 ${peopleNow} 人`,
        ...(unswitched > 0 ? [`本区打烊断电失败的站点 ${unswitched} 个`] : []),
      ].join('\n'),
      en: [
        `${stations} stations: ${open} open, ${offline} offline, ${doubtful} doubtful`,
        `${appliancesFaulty} faulty appliances, ${heatDanger} stations in heat danger, ${peopleNow} people now`,
        ...(unswitched > 0 ? [`${unswitched} stations of the district could not be switched off at closing`] : []),
      ].join('\n'),
    },
    url: `/console/overview?region=${region}`,
    kind: 'digest',
    dedupeKey: `${region}/${date}`,
  }
}

/** A week of one district, for its managers. */
export function weeklyReport(
  of: Pick<Regions['districts'][number], 'district' | 'nameZh' | 'nameEn'>,
  { total }: FigureReport,
  week: string,
): NotifyRequest {
  const { faults, ordersMade, ordersVerified } = total
  const mttr = hours(total.mttrMs)
  const availability = total.availability === undefined ? '—' : `${(total.availability * 100).toFixed(1)} %`
  return {
    to: { roles: ['manager'], region: of.district },
    severity: 'P3',
    title: { zh: `${of.nameZh} 一周运维（截至 ${week}）`, en: `${of.nameEn}: the week up to ${week}` },
    body: {
      zh: `设备故障 ${faults} 次，新增工单 ${ordersMade}，已确认 ${ordersVerified}\n平均修复 ${mttr} 小时，设备可用率 ${availability}`,
      en: `${faults} appliance faults, ${ordersMade} orders made, ${ordersVerified} verified\nmean repair ${mttr} h, availability ${availability}`,
    },
    url: '/console/figures',
    kind: 'weekly',
    dedupeKey: `${of.district}/${week}`,
  }
}

function hours(ms: number | undefined): string {
  return ms === undefined ? '—' : (ms / 3_600_000).toFixed(1)
}
