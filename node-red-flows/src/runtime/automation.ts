import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { openLedger } from '../ledger/open-ledger.ts'
import { createRouting } from '../routing/routing.ts'
import { createRuleNames } from '../routing/rule-names.ts'
import type { Destinations } from '../sending/destinations.ts'
import { createPace, paced } from '../sending/pace.ts'
import { createSender } from '../sending/sender.ts'
import { type UpperPlatform, createForwarding } from '../upper-platform/forwarding.ts'
import { createApi } from './api.ts'
import { type FlowStates, type ShippedFlow, createFlowStates } from './flow-states.ts'
import { createHeartbeat } from './heartbeat.ts'
import { createRounds } from './rounds.ts'
import { FLOW_IDS, type FlowId, type Toolkit, createToolkit } from './toolkit.ts'

export interface AutomationConfig {
  userDir: string
  /** The service account's token. */
  tokenFile: string
  serverOrigin: string
  /** Where people open the console, without a trailing slash. */
  siteUrl: string
  timeZone: string
  destinations: Destinations
  upperPlatform: UpperPlatform | undefined
  /** Districts whose stations may be switched; `all`: every one; undefined: none, the flow is off. */
  switchDistricts: readonly string[] | 'all' | undefined
  /** Flows that the environment switches off. */
  flowsOff: readonly FlowId[]
}

/** What the flows work with, and the heartbeat that says how they are. */
export interface Automation {
  toolkit: Toolkit
  states: FlowStates
  /** Begins to say to the server that this runs. */
  start: () => void
  stop: () => Promise<void>
}

const NAMES: Record<FlowId, string> = {
  routing: '告警通知与升级 Alerts: who is told',
  sending: '群机器人与短信 Groups and SMS',
  closing: '打烊断电与预冷 Closing time',
  heat: '高温延长开放 Heat',
  digest: '街道日报 Daily digest',
  upper: '上级平台 Upper platform',
  weekly: '每周报告 Weekly report',
}

export function createAutomation(
  config: AutomationConfig,
  { nowMs, log }: { nowMs: () => number; log: Logger },
): Automation {
  const ledger = openLedger(join(config.userDir, 'automation.sqlite'))
  const api = createApi({ origin: config.serverOrigin, tokenFile: config.tokenFile })
  const { names, refresh } = createRuleNames(api, nowMs)
  const forwarding = config.upperPlatform && createForwarding(ledger.forwards, config.upperPlatform)

  const needs: Partial<Record<FlowId, () => string | undefined>> = {
    sending: () =>
      config.destinations.isSet.length > 0
        ? undefined
        : 'none of WECOM_…_URL, DINGTALK_…_URL, FEISHU_…_URL, SMS_URL, HTTP_DESTINATION_…_URL set',
    closing: () => (config.switchDistricts === undefined ? 'CLOSING_SWITCH_DISTRICTS not set' : undefined),
    upper: () => (forwarding === undefined ? 'UPPER_PLATFORM_URL not set' : undefined),
  }
  const notes: Partial<Record<FlowId, () => string>> = {
    sending: () => config.destinations.isSet.join(', '),
    upper: () => `${ledger.forwards.counts().dead} dead letters`,
  }
  const flows = FLOW_IDS.map((id): ShippedFlow => {
    const note = notes[id]
    return {
      id,
      name: NAMES[id],
      off: () => (config.flowsOff.includes(id) ? 'in HARBOR_FLOWS_OFF' : needs[id]?.()),
      ...(note !== undefined && { note }),
    }
  })
  const stopped = new AbortController()
  const states = createFlowStates(flows, nowMs)
  const toolkit = createToolkit({
    states,
    routing: createRouting(ledger.escalations, { names, refresh }),
    send: paced(createSender({ destinations: config.destinations, siteUrl: config.siteUrl, nowMs }), {
      pace: createPace(),
      nowMs,
      // What waits when everything stops is not sent: the server hands it out again.
      wait: ms => sleep(ms, undefined, { signal: stopped.signal }),
    }),
    rounds: createRounds({
      api,
      marks: ledger.marks,
      switchDistricts: config.switchDistricts ?? [],
      timeZone: config.timeZone,
      nowMs,
    }),
    forwarding,
    nowMs,
  })
  const heartbeat = createHeartbeat({ api, flows: states.list, log })
  let stopping: Promise<void> | undefined
  return {
    toolkit,
    states,
    start: heartbeat.start,
    stop: () =>
      (stopping ??= (async () => {
        stopped.abort()
        api.stop()
        await heartbeat.stop()
        ledger.close()
      })()),
  }
}
