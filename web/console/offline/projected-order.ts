import { GENTLE_ACTS, type WorkOrderAct, type WorkOrderDetail, type WorkOrderStep } from '@harbor/protocol'
import type { WaitingAct } from './waiting-act.ts'

/**
 * An order as it will be once this phone's waiting acts are taken: what the person sees who works without a network. Only what they do
 * on site moves it on; everything else waits to be seen by the server.
 */
export function projectOrder(
  order: WorkOrderDetail,
  waiting: readonly WaitingAct[],
  me: { login: string; name: string },
): WorkOrderDetail {
  return waiting
    .filter(act => act.order === order.id && act.refused === undefined)
    .sort((a, b) => a.seq - b.seq)
    .reduce((seen, { asked }) => projectOne(seen, asked, me), order)
}

function projectOne(
  order: WorkOrderDetail,
  asked: WaitingAct['asked'],
  me: { login: string; name: string },
): WorkOrderDetail {
  switch (asked.act) {
    case 'accept':
      return {
        ...order,
        state: 'accepted',
        assignee: me.login,
        assigneeName: me.name,
        may: changed(order.may, { without: ['accept'], and: ['arrive', 'part', 'pause', 'promise'] }),
      }
    case 'arrive':
      return {
        ...running(order),
        state: 'on_site',
        may: changed(order.may, { without: ['arrive', 'resume'], and: ['finish'] }),
      }
    case 'finish':
      return {
        ...running(order),
        state: 'done',
        may: changed(order.may, { without: ['finish', 'pause', 'resume', 'promise', 'assign', 'verify'], and: [] }),
      }
    case 'pause':
      return {
        ...order,
        pauseReason: asked.note,
        pausedSince: order.pausedSince ?? order.createdAt,
        may: changed(order.may, { without: ['pause'], and: ['resume'] }),
      }
    case 'resume':
      return { ...running(order), may: changed(order.may, { without: ['resume'], and: ['pause'] }) }
    case 'part':
      return { ...order, costFen: order.costFen + asked.part.quantity * asked.part.unitCostFen }
    default:
      return order
  }
}

function running({ pausedSince: _since, pauseReason: _reason, ...order }: WorkOrderDetail): WorkOrderDetail {
  return order
}

function changed(
  may: readonly WorkOrderAct[],
  { without, and }: { without: readonly WorkOrderAct[]; and: readonly WorkOrderAct[] },
): WorkOrderAct[] {
  return [...new Set([...may.filter(act => !without.includes(act)), ...and])]
}

/** The first step after `seen` that somebody else took and that was no mere addition; undefined: nobody was faster. */
export function overtakenBy(
  history: readonly WorkOrderStep[],
  { seen, login }: { seen: number; login: string },
): WorkOrderStep | undefined {
  return history.find(({ seq, act, actor }) => seq > seen && actor !== login && !GENTLE_ACTS.includes(act))
}
