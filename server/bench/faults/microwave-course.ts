import type { FaultInput } from '../../src/faults/transition.ts'
import {
  type Course,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type Random,
  SECOND_MS,
  START_MS,
  between,
  createReporter,
  hourOfDay,
  isOpenAt,
  noise,
  seededRandom,
} from './course.ts'

export type MicrowaveFault = 'does-not-heat' | 'weak' | 'stuck-on' | 'dead'

const RULE_OF: Record<MicrowaveFault, string> = {
  'does-not-heat': 'microwave_does_not_heat',
  weak: 'microwave_weak',
  'stuck-on': 'microwave_stuck_on',
  dead: 'microwave_dead',
}

/** So many sessions it takes, from 0: three, and half of the twenty that are remembered. */
const SESSIONS_TO_SHOW: Partial<Record<MicrowaveFault, number>> = { 'does-not-heat': 2, weak: 10 }

interface Session {
  fromMs: number
  seconds: number
  /** Part of the time in which it heats: reduced power comes in bursts of a frame of 30 s (docs/domain.md 3.4). */
  share: number
}

/** A day's sessions: clusters at noon and in the evening, 1 to 4 min each, seconds between two people. */
function sessionsOf(dayMs: number, random: Random): Session[] {
  const sessions: Session[] = []
  const count = Math.round(between(random, 4, 40))
  let queueMs = 0
  for (let n = 0; n < count; n++) {
    const hour = random() < 0.6 ? between(random, 11, 13.5) : between(random, 7, 21.5)
    const seconds = Math.round(between(random, 40, 240))
    queueMs = Math.max(dayMs + hour * HOUR_MS, n % 5 === 0 ? 0 : queueMs)
    const share = random() < 0.1 ? between(random, 0.3, 0.8) : 1
    sessions.push({ fromMs: Math.round(queueMs / SECOND_MS) * SECOND_MS, seconds, share })
    queueMs += seconds * SECOND_MS + between(random, 25, 90) * SECOND_MS
  }
  return sessions.sort((a, b) => a.fromMs - b.fromMs)
}

const LEAD_DAYS = 5
const STEP_MS = 5 * SECOND_MS
const FRAME_MS = 30 * SECOND_MS

/** One microwave over some days. */
export function microwaveCourse(seed: number, fault?: MicrowaveFault): Course {
  const random = seededRandom(seed + 101)
  const heatingW = between(random, 900, 1_450)
  const standbyW = fault === 'dead' ? between(random, 0.9, 4) : random() < 0.3 ? 0 : between(random, 0.7, 4)
  const lampW = between(random, 30, 80)
  // The lamp alone, when the door is left open: less than with fan and turntable.
  const doorW = random() < 0.5 ? between(random, 12, 24) : standbyW
  const everyMs = (random() < 0.5 ? 10 : 60) * SECOND_MS
  const faultFromMs = fault === undefined ? Infinity : START_MS + LEAD_DAYS * DAY_MS + between(random, 8, 12) * HOUR_MS
  const days = fault === undefined ? 14 : fault === 'weak' ? 14 : fault === 'dead' ? 8 : 7
  const endMs = START_MS + days * DAY_MS
  const inputs: FaultInput[] = []
  const plug = createReporter(inputs, {
    kind: 'microwave',
    appliance: 'microwave',
    device: 'microwave-plug',
    everyMs,
    onChange: 5,
  })
  /** Ends of the sessions since the fault that are long enough to be judged. */
  const ends: number[] = []
  for (let dayMs = START_MS; dayMs < endMs; dayMs += DAY_MS) {
    const sessions = sessionsOf(dayMs, random)
    for (const session of sessions)
      if (session.fromMs >= faultFromMs && session.seconds >= 55 && isOpenAt(endOf(session))) ends.push(endOf(session))
    const isDoorLeftOpen = random() < 0.2
    const doorMs = dayMs + between(random, 9, 18) * HOUR_MS
    let at = 0
    for (let timeMs = dayMs; timeMs < dayMs + DAY_MS; timeMs += STEP_MS) {
      const is = (kind: MicrowaveFault) => fault === kind && timeMs >= faultFromMs
      while (at < sessions.length && endOf(sessions[at]) < timeMs) at += 1
      const session = sessions[at]
      let w = standbyW
      if (isDoorLeftOpen && timeMs >= doorMs && timeMs < doorMs + 25 * MINUTE_MS) w = doorW
      if (session !== undefined && timeMs >= session.fromMs && isOpenAt(timeMs)) {
        const frame = ((timeMs - session.fromMs) % FRAME_MS) / FRAME_MS
        const isHeating = frame < session.share && !is('does-not-heat') && timeMs > session.fromMs
        w = isHeating ? heatingW * (is('weak') ? 0.62 : 1) * (1 + 0.02 * noise(random)) : lampW
      }
      if (is('stuck-on') && hourOfDay(timeMs) >= 7 && timeMs < faultFromMs + 2 * HOUR_MS) w = heatingW
      if (is('dead')) w = 0
      if (w > 0 || timeMs % everyMs === 0) plug('power', timeMs, Math.max(0, w + noise(random) * 0.02))
    }
  }
  const applianceDays = days
  if (fault === undefined) return { inputs, applianceDays }
  return {
    inputs,
    applianceDays,
    fault: {
      fromMs: faultFromMs,
      shownMs: ends[SESSIONS_TO_SHOW[fault] ?? -1],
      rules: [RULE_OF[fault]],
      alsoRight: [],
    },
  }
}

const endOf = (session: Session | undefined) =>
  session === undefined ? 0 : session.fromMs + session.seconds * SECOND_MS
