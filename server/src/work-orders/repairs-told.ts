import type { WorkOrder, WorkOrderState } from '@harbor/protocol'

/** What the public hears of open repairs, by appliance. Bounded by the orders that are open: one a thing. */
export interface RepairsTold {
  take: (order: RepairOrder) => void
  /** When an appliance is to work again, in ms since 1970: what its open order promises, unless that time has passed. */
  promisedAt: (appliance: string) => number | undefined
  /** Somebody of the staff took on its repair because a person said that it is broken. */
  isInRepair: (appliance: string) => boolean
}

export type RepairOrder = Pick<WorkOrder, 'id' | 'appliance' | 'promisedAt' | 'state' | 'source'>

/** Upkeep by plan says nothing of whether an appliance works. */
const REPAIRS: readonly WorkOrder['source'][] = ['alert', 'feedback', 'person']
/** What no sensor sees, people do: a door that does not shut. Of an alert the sensors have the word, and may take it back. */
const SAID_BY_PEOPLE: readonly WorkOrder['source'][] = ['feedback', 'person']
const TAKEN_ON: readonly WorkOrder['state'][] = ['accepted', 'on_site']

export function createRepairsTold(nowMs: () => number): RepairsTold {
  const known = new Map<string, { order: string; promisedAtMs: number | undefined; isInRepair: boolean }>()
  return {
    take: ({ id, appliance, promisedAt, state, source }) => {
      if (appliance === undefined || !REPAIRS.includes(source)) return
      const isInRepair = SAID_BY_PEOPLE.includes(source) && TAKEN_ON.includes(state)
      if (isOpen(state) && (promisedAt !== undefined || isInRepair)) {
        const promisedAtMs = promisedAt === undefined ? undefined : Date.parse(promisedAt)
        known.set(appliance, { order: id, promisedAtMs, isInRepair })
      } else if (known.get(appliance)?.order === id) known.delete(appliance)
    },
    promisedAt: appliance => {
      const atMs = known.get(appliance)?.promisedAtMs
      // A promise that was not kept says nothing any more.
      return atMs !== undefined && atMs > nowMs() ? atMs : undefined
    },
    isInRepair: appliance => known.get(appliance)?.isInRepair === true,
  }
}

function isOpen(state: WorkOrderState): boolean {
  return state === 'open' || state === 'assigned' || state === 'accepted' || state === 'on_site'
}
