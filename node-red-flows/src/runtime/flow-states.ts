import { type FlowState, errorText } from '@harbor/protocol'

/** A flow that ships: a tab of the flow file. */
export interface ShippedFlow {
  /** The tab's id. */
  id: string
  name: string
  /** What keeps it off, such as "UPPER_PLATFORM_URL not set"; undefined: nothing. Asked each time. */
  off: () => string | undefined
  /** What is to be known of it although it is on. */
  note?: () => string | undefined
}

/** A node's status, as Node-RED takes it. */
export interface NodeStatus {
  fill: 'green' | 'grey' | 'red'
  shape: 'dot' | 'ring'
  text: string
}

/** How the flows are: for their nodes' status and for the heartbeat. */
export interface FlowStates {
  /** Runs a flow's work and keeps whether it failed; null without running it while the flow is off. */
  run: <Value>(id: string, work: () => Value | Promise<Value>) => Promise<Value | null>
  /** @param more what it did last, for people. */
  status: (id: string, more?: string) => NodeStatus
  /** Tabs that somebody disabled in the editor. */
  setDisabled: (ids: ReadonlySet<string>) => void
  list: () => FlowState[]
}

interface LastRun {
  atMs: number
  error?: string
}

export function createFlowStates(flows: readonly ShippedFlow[], nowMs: () => number): FlowStates {
  const lastRuns = new Map<string, LastRun>()
  let disabled: ReadonlySet<string> = new Set()

  const find = (id: string): ShippedFlow => {
    const flow = flows.find(one => one.id === id)
    if (flow === undefined)
      throw new RangeError(`there is no flow ${id}; there are ${flows.map(one => one.id).join(', ')}`)
    return flow
  }
  const stateOf = (flow: ShippedFlow): FlowState => {
    const last = lastRuns.get(flow.id)
    const off = disabled.has(flow.id) ? 'disabled' : flow.off()
    const error = off === undefined ? last?.error : undefined
    const reason = (off === undefined ? undefined : `off: ${off}`) ?? error ?? flow.note?.()
    return {
      id: flow.id,
      name: flow.name,
      state: off !== undefined ? 'off' : error !== undefined ? 'error' : 'on',
      ...(reason !== undefined && { reason: reason.slice(0, 300) }),
      ...(last !== undefined && { lastRunAt: new Date(last.atMs).toISOString() }),
    }
  }

  return {
    run: async (id, work) => {
      if (find(id).off() !== undefined) return null
      try {
        const value = await work()
        lastRuns.set(id, { atMs: nowMs() })
        return value
      } catch (error) {
        lastRuns.set(id, { atMs: nowMs(), error: errorText(error) })
        throw error
      }
    },
    status: (id, more) => {
      const { state, reason } = stateOf(find(id))
      if (state === 'off') return { fill: 'grey', shape: 'ring', text: reason ?? 'off' }
      if (state === 'error') return { fill: 'red', shape: 'ring', text: `error: ${reason ?? ''}`.slice(0, 100) }
      return {
        fill: 'green',
        shape: 'dot',
        text: [more ?? 'on', reason].filter(part => part !== undefined).join(' · '),
      }
    },
    setDisabled: ids => {
      disabled = ids
    },
    list: () => flows.map(stateOf),
  }
}
