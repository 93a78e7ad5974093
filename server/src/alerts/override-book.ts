import { type ApplianceRules, type Person, type RuleOverride, errorText, hasCode } from '@harbor/protocol'
import type { Logger } from 'pino'
import { ApiProblem } from '../errors.ts'
import { FAULT_CATALOGUE, type FaultRule, LIVE_CATALOGUE } from '../faults/catalogue.ts'
import { isAbout } from '../faults/plans.ts'
import { maySeeStation } from '../people/scope.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { isoTime } from './alert-row.ts'
import { checkOverrides, overrideOf } from './rule-overrides.ts'

/** Changes in one answer. */
const MAX_CHANGES = 100

export interface OverrideRequest {
  timeScale?: number | undefined
  numbers?: Readonly<Record<string, number>> | undefined
  reason: string
}

/** The numbers that people set apart for one appliance, and who did. */
export interface OverrideBook {
  /** @throws ApiProblem `not_found`, also for another district's. */
  list: (person: Person, appliance: string) => Promise<ApplianceRules>
  /**
   * Sets numbers of a rule apart for one appliance, or takes them back where none are given. It holds from then on.
   *
   * @throws ApiProblem `not_found`; `invalid_request` naming the number that the rule does not take.
   */
  set: (person: Person, about: { appliance: string; rule: string }, asked: OverrideRequest) => Promise<ApplianceRules>
}

export interface OverrideBookDeps {
  db: RegistryDb
  directory: LiveDirectory
  nowMs: () => number
  newId: () => string
  /** What holds from now on, once that is durable. */
  onChanged: (overrides: readonly RuleOverride[]) => void
  log: Logger
}

const LIVE: ReadonlySet<string> = new Set(LIVE_CATALOGUE.map(({ id }) => id))

export function createOverrideBook({ db, directory, nowMs, newId, onChanged, log }: OverrideBookDeps): OverrideBook {
  const find = (person: Person, id: string) => {
    const appliance = directory.appliances.get(id)
    const place = directory.stations.get(appliance?.station ?? '')?.record
    if (appliance === undefined || place === undefined || !maySeeStation(person, place))
      throw new ApiProblem('not_found', `there is no appliance ${id} in your districts`)
    return appliance
  }
  const list = async (person: Person, id: string): Promise<ApplianceRules> => {
    const appliance = find(person, id)
    const changes = await db
      .selectFrom('rule_override_change')
      .leftJoin('person', 'person.login', 'rule_override_change.actor')
      .selectAll('rule_override_change')
      .select('person.name')
      .where('appliance', '=', id)
      .orderBy('at_ms', 'desc')
      .orderBy('id')
      .limit(MAX_CHANGES)
      .execute()
    const own = directory.ruleOverrides.filter(one => one.appliance === id)
    const others = directory.ruleOverrides.filter(one => one.appliance === undefined)
    return {
      appliance: id,
      rules: FAULT_CATALOGUE.filter(rule => isAbout(rule, appliance.kind)).map(rule => ({
        rule: rule.id,
        version: rule.version,
        nameZh: rule.name.zh,
        nameEn: rule.name.en,
        isLive: LIVE.has(rule.id),
        numbers: numbersOf(rule),
        ...settingOf('ofModel', overrideOf(others, rule.id, appliance)),
        ...settingOf('own', overrideOf(own, rule.id, appliance)),
      })),
      changes: changes.map(row => ({
        rule: row.rule,
        at: isoTime(row.at_ms),
        by: row.name ?? row.actor,
        reason: row.reason,
        ...(row.time_scale !== null && {
          set: { timeScale: row.time_scale, ...(row.numbers !== null && { numbers: JSON.parse(row.numbers) }) },
        }),
      })),
    }
  }

  return {
    list,
    set: async (person, about, { timeScale, numbers, reason }) => {
      const { id: appliance, kind } = find(person, about.appliance)
      const { rule } = about
      if (!FAULT_CATALOGUE.some(one => one.id === rule && isAbout(one, kind)))
        throw new ApiProblem('not_found', `there is no rule ${rule} for an appliance of this kind`)
      const isTakenBack = timeScale === undefined && numbers === undefined
      const others = directory.ruleOverrides.filter(one => one.appliance !== appliance || one.rule !== rule)
      const wanted: RuleOverride = { rule, appliance, timeScale: timeScale ?? 1, ...(numbers && { numbers }) }
      if (!isTakenBack) checkFor([...others, wanted])
      await db.transaction().execute(async tx => {
        // A model's name is only for the fleet document's own.
        const key = { rule, model: '', appliance }
        await tx
          .deleteFrom('rule_override')
          .where('rule', '=', rule)
          .where('appliance', '=', appliance)
          .where(eb => eb.or([eb('set_by', 'is not', null), eb('model', '=', '')]))
          .execute()
        const set = {
          time_scale: wanted.timeScale,
          numbers: numbers === undefined ? null : JSON.stringify(numbers),
        }
        if (!isTakenBack)
          await tx
            .insertInto('rule_override')
            .values({ ...key, ...set, set_by: person.login })
            .execute()
        await tx
          .insertInto('rule_override_change')
          .values({
            id: newId(),
            rule,
            appliance,
            ...(isTakenBack ? { time_scale: null, numbers: null } : set),
            reason,
            actor: person.login,
            at_ms: nowMs(),
          })
          .execute()
      })
      await directory.refreshRuleOverrides()
      onChanged(directory.ruleOverrides)
      log.info(
        { audit: 'rule-override', by: person.login, appliance, rule, timeScale, numbers, reason },
        'numbers of a rule were set apart for an appliance',
      )
      return list(person, appliance)
    },
  }
}

function checkFor(overrides: readonly RuleOverride[]): void {
  try {
    checkOverrides(overrides)
  } catch (cause) {
    if (!hasCode(cause, 'FAULT_OVERRIDE_INVALID')) throw cause
    throw new ApiProblem('invalid_request', `body: numbers: ${errorText(cause)}`, { cause })
  }
}

function settingOf(name: 'ofModel' | 'own', override: RuleOverride | undefined) {
  if (override === undefined) return {}
  const { timeScale, numbers } = override
  return { [name]: { timeScale, ...(numbers !== undefined && { numbers }) } }
}

/** Every number of a rule by its path, as an override names it. */
function numbersOf({ detector }: FaultRule): Record<string, number> {
  const found: Record<string, number> = {}
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'number') found[path] = value
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : `${path}.${name}`)
  }
  walk(detector, '')
  return found
}
