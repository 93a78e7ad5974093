import type { ContactKind, Delivery, DeliveryResult } from '@harbor/protocol'
import type { Sender } from './sender.ts'

/**
 * Messages that one robot takes within a minute, here and two seconds, as messages do not travel equally fast; more are refused, and DingTalk then mutes the robot for ten minutes
 * (developer.work.weixin.qq.com/document/path/91770, 消息发送频率限制; open.dingtalk.com/document/robots/custom-robot-access, 每分钟最多发送20条).
 */
export const ROBOT_LIMIT = { most: 20, withinMs: 62_000 } as const

/** Which kinds have it. Of the others the services say nothing, or far more than a group is ever told. */
const LIMITED: readonly ContactKind[] = ['wecom', 'dingtalk']

/** Distance in time between messages to a robot beyond its first few, so that no stretch of a minute holds more than the limit. */
export interface Pace {
  /**
   * When a message may go to a robot, in ms since 1970; the place is taken. Undefined: more than `MAX_WAITING_MS` away, nothing is taken.
   *
   * @param nowMs ms since 1970.
   */
  take: (robot: string, nowMs: number) => number | undefined
}

/** Below the lease of a delivery, with what a slow service takes: what must wait longer goes back to the server, which hands it out again (chosen). */
export const MAX_WAITING_MS = 65_000
/** Robots whose last messages are remembered; beyond them the one unused longest is forgotten (the server has 500 channels at most). */
const MAX_ROBOTS = 1_000

export function createPace({ most, withinMs }: { most: number; withinMs: number } = ROBOT_LIMIT): Pace {
  /** Times of each robot's last places, oldest first, `most` at the most; robots in order of use. */
  const placesOf = new Map<string, number[]>()
  return {
    take: (robot, nowMs) => {
      // Times beyond what can wait come of a clock that was set back.
      const places = (placesOf.get(robot) ?? []).filter(atMs => atMs <= nowMs + MAX_WAITING_MS)
      const oldest = places.length < most ? undefined : places.at(-most)
      const atMs = Math.max(nowMs, places.at(-1) ?? 0, oldest === undefined ? 0 : oldest + withinMs)
      if (atMs > nowMs + MAX_WAITING_MS) return undefined
      placesOf.delete(robot)
      placesOf.set(robot, [...places, atMs].slice(-most))
      if (placesOf.size > MAX_ROBOTS) placesOf.delete(placesOf.keys().next().value ?? '')
      return atMs
    },
  }
}

export interface PacedDeps {
  pace: Pace
  nowMs: () => number
  /** Resolves after so many ms; rejects when everything stops. */
  wait: (ms: number) => Promise<void>
}

/**
 * Sends at the robots' pace. What would wait too long has failed for now and comes again from the server after its pause, where what is new meanwhile
 * becomes one digest: so no queue grows here.
 */
export function paced(send: Sender, { pace, nowMs, wait }: PacedDeps): Sender {
  return async (delivery: Delivery): Promise<DeliveryResult> => {
    const { kind, target } = delivery.channel
    if (!LIMITED.includes(kind)) return send(delivery)
    const atMs = pace.take(`${kind}/${target}`, nowMs())
    if (atMs === undefined) return { state: 'failed', reason: 'more messages wait than the robot takes in a minute' }
    const waitMs = atMs - nowMs()
    if (waitMs > 0) await wait(waitMs)
    return send(delivery)
  }
}
