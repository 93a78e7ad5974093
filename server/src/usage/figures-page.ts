import { OPENING_TRUTHS, USAGE_DEFINITIONS, USAGE_DOUBTS, USAGE_FIGURES } from '@harbor/protocol'
import { JUDGEMENT_RULES } from './judge.ts'
import { SAVING_METHOD } from './saving.ts'
import { DEFAULT_PRICE } from './tariffs.ts'

/** docs/figures.md: every figure of use and energy in words, from the one table that screens and exports read too. */
export function figuresPage(): string {
  const rows = USAGE_FIGURES.map(figure => {
    const { nameZh, nameEn, unit, textZh, textEn, bandZh, bandEn } = USAGE_DEFINITIONS[figure]
    return `| \`${figure}\` | ${nameEn} · ${nameZh} | ${unit} | ${textEn} · ${textZh} | ${bandEn} · ${bandZh} |`
  })
  return `# The figures of use and energy

Made from the one table of definitions (\`protocol/src/usage-figures.ts\`) by \`npm run -s figures > docs/figures.md\`; a test compares the two.
Screens, files and this page read the same table.

Every figure comes with an error band and with its coverage: the share of all stations' time for which there were readings to count from.
Nothing is made up for the rest, and what was never observed is left empty, which is no zero.

| figure | name | unit | what it is | error band |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## Days that are doubted

A day is marked \`${USAGE_DOUBTS[0]}\` when its visits are ten at least and more than three times the median of the 28 days before (of which seven
must have been counted), and \`${USAGE_DOUBTS[1]}\` when in and out differ by more than 20 % and by more than ten people. A marked day counts like any
other until somebody who governs the station sets its figure by hand, with a reason. What was measured stays beside it, and every setting is
kept for ever.

## Little used, too full

${JUDGEMENT_RULES.ruleEn} ${JUDGEMENT_RULES.ruleZh}

## Truth of opening

A posted day is one of ${OPENING_TRUTHS.map(truth => `\`${truth}\``).join(', ')}. A station without sensors, or one that was not heard in half of its posted hours, is
\`not_observed\`, never \`did_not_open\`. Late is more than 15 minutes after the posted time and told by a door contact alone: without one, nobody who
comes in the first quarter of an hour is no closed door. A closing is early by 15 minutes where the door is held open while the station is;
where it falls shut by itself, only after four quiet hours. Where there is no door contact a check-in (known to the hour) and an air conditioner that is
switched on after an hour of standing by show that a station was open, as they do on the map; that it opened late or shut early they never show.
A day that is over is held against the changes of hours that were in force when it ended. A station with seven observed days or more in 14, of which it opened on none, is listed
as never opened.

## Prices and emissions

Until a district sets its own from a day on: ${DEFAULT_PRICE.fenPerKWh[0]} fen a kWh at every hour (chosen, to be replaced) and ${DEFAULT_PRICE.co2KgPerKWh} kg of CO2 a kWh. ${DEFAULT_PRICE.source}.
A new price reckons the cost of days anew as far back as their hours are kept, 100 days.

## Automation

Only what a program (an account whose login begins with \`service:\`) switched off counts; what people switch, and what a safety cut-off keeps from
running, is no saving. ${SAVING_METHOD.en}
`
}
