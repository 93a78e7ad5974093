import type { ChecklistLine, ChecklistTemplate } from '@harbor/protocol'
import type { Directory } from '../registry/directory.ts'
import type { OrderTopic } from '../work-orders/order-life.ts'

/** Where a checklist was filled in. */
export interface FillPlace {
  station: string
  district: string
  /** Of the order it was filled in with. */
  appliance: string | null
}

/**
 * What a failed line asks to be repaired. A line about a kind of appliance of which there is one is about that appliance, so that it
 * joins the order which an alert or a visitor made of the same thing; any other line of a station has one order at a time.
 */
export function topicOfLine(
  line: ChecklistLine,
  template: ChecklistTemplate,
  { place, directory }: { place: FillPlace; directory: Pick<Directory, 'stations' | 'appliances'> },
): OrderTopic {
  const kind = line.applianceKind ?? template.applianceKind
  const there = directory.stations.get(place.station)?.appliances ?? []
  const ofKind = there.filter(one => one.kind === kind)
  const inHand = ofKind.find(({ id }) => id === place.appliance)
  const appliance = inHand ?? (ofKind.length === 1 ? ofKind[0] : undefined)
  return {
    station: place.station,
    district: place.district,
    appliance: appliance?.id ?? null,
    thing:
      appliance === undefined
        ? `station:${place.station}#checklist/${template.id}/${line.id}`
        : `appliance:${appliance.id}`,
    severity: line.severity,
    titleZh: `${template.titleZh}：${line.labelZh}`,
    titleEn: `${template.titleEn}: ${line.labelEn}`,
  }
}
