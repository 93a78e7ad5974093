import type { RuleView } from '@harbor/protocol'
import { CAUSE_RULES } from '../causes/cause-rules.ts'
import { FAULT_CATALOGUE, LIVE_CATALOGUE, TRIAL_RULES } from '../faults/catalogue.ts'
import { SAFETY_RULE_VIEWS } from '../safety/safety-rules.ts'
import { ruleViews } from './rules.ts'

const HOUR_MS = 3_600_000

/** Every rule as a page for people: what it says, how grave it can be, within what time it is told, what to look at first. */
export function rulesPage(): string {
  const live = new Set(LIVE_CATALOGUE.map(({ id }) => id))
  const promised = new Map(FAULT_CATALOGUE.map(({ id, promisedMs }) => [id, promisedMs]))
  const views = ruleViews(FAULT_CATALOGUE)
  const others = new Set([...CAUSE_RULES, ...SAFETY_RULE_VIEWS].map(({ id }) => id))
  const isOther = ({ id }: RuleView) => others.has(id) && !promised.has(id)
  const row = (view: RuleView) => {
    const { id, version, nameZh, nameEn, severity, checkFirst } = view
    const within = promised.get(id)
    return [
      `\`${id}\` (${version})`,
      `${nameEn} · ${nameZh}`,
      severity,
      within === undefined ? '' : duration(within),
      checkFirst[0] === undefined ? '' : checkFirst[0].en,
    ]
  }
  const table = (rows: RuleView[]) => [
    '| rule (version) | what it says | up to | told within | look first |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(view => `| ${row(view).map(escaped).join(' | ')} |`),
  ]
  const groups = [
    ['Fridges', 'fridge'],
    ['Air conditioners', 'air_conditioner'],
    ['Microwaves', 'microwave'],
    ['Water dispensers', 'water_dispenser'],
    ['Plugs, sensors, rooms', undefined],
  ] as const
  const isLive = ({ id }: RuleView) => live.has(id)
  return [
    '# The rules',
    '',
    'Made from the catalogue by `npm run -s rules > docs/rules.md`; a test compares the two. “Up to” is the gravest an alert of the rule',
    'becomes; “told within” is the time from the first sign in what is measured, kept to in 98 of 100 simulated faults. The numbers of a rule',
    'and their sources stand in `server/src/faults/rules/`.',
    '',
    ...groups.flatMap(([name, kind]) => [
      `## ${name}`,
      '',
      ...table(views.filter(view => view.applianceKind === kind && isLive(view) && !isOther(view))),
      '',
    ]),
    '## Causes, and what gateways cut by themselves',
    '',
    ...table(views.filter(isOther)),
    '',
    ...trialTable(Object.entries(TRIAL_RULES)),
  ].join('\n')
}

function trialTable(rules: readonly (readonly [string, string])[]): string[] {
  if (rules.length === 0) return []
  const rows = rules.map(([id, why]) => `| \`${id}\` | ${escaped(why)} |`)
  return ['## On trial', '', 'These raise nothing yet.', '', '| rule | why not |', '| --- | --- |', ...rows, '']
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|')
}

function duration(ms: number): string {
  if (ms < 2 * HOUR_MS) return `${Math.round(ms / 60_000)} min`
  return ms < 72 * HOUR_MS ? `${Math.round((10 * ms) / HOUR_MS) / 10} h` : `${Math.round(ms / HOUR_MS / 24)} days`
}
