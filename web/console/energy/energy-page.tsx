import type { EnergyReport, UsageFigure } from '@harbor/protocol'
import { Link } from 'react-router'
import { useTimeStyle } from '../console-context.ts'
import { Answer } from '../measure/answer.tsx'
import { Course } from '../measure/course.tsx'
import { FigureTiles } from '../measure/figure-tiles.tsx'
import { MeasureFilters } from '../measure/measure-filters.tsx'
import styles from '../measure/measure.module.css'
import { UsageTable } from '../measure/usage-table.tsx'
import { usageText } from '../measure/usage-text.ts'
import { useMeasure } from '../measure/use-measure.ts'
import { useMeasureQuery } from '../measure/use-measure-query.ts'
import { useFigureTexts } from '../overview/use-figure-texts.ts'
import { Page } from '../shell/page.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import { rowPath } from '../usage/usage-page.tsx'
import { Tariffs } from './tariffs.tsx'

const TILES: readonly UsageFigure[] = ['energyKWh', 'costFen', 'co2Kg', 'wasteCoolingKWh', 'wasteHeatingKWh']
const COLUMNS: readonly UsageFigure[] = [
  'energyKWh',
  'costFen',
  'co2Kg',
  'coolingKWh',
  'waterKWh',
  'fridgeKWh',
  'microwaveKWh',
  'otherKWh',
  'wasteCoolingKWh',
  'wasteHeatingKWh',
]

/** What stations take, what it costs, what of it is wasted, and what automation saved. */
export function EnergyPage() {
  const { say } = useWords()
  const measure = useMeasureQuery({ by: 'day', rank: 'energyKWh' })
  const energy = useMeasure('energy', measure.asked)
  return (
    <Page title={say('nav.energy')} aside={<Link to="/definitions">{say('nav.definitions')}</Link>}>
      <MeasureFilters measure={measure} ranks={COLUMNS} />
      <Answer of={energy}>
        {data => (
          <>
            <p className="quiet" role="status">
              {say('measure.dates', { from: data.report.from, to: data.report.to })}
              {data.report.compare && ` · ${say('measure.against', data.report.compare)}`}
            </p>
            <FigureTiles row={data.report.total} figures={TILES} />
            <TodayAndSaving energy={data} />
            <section className={styles['part']}>
              <Course report={data.report} figure={measure.rank} />
              <UsageTable report={data.report} figures={COLUMNS} toOf={rowPath(measure, '/energy')} />
              <TakeAwayTable path="energy" query={measure.asked} />
            </section>
          </>
        )}
      </Answer>
      <Tariffs />
    </Page>
  )
}

function TodayAndSaving({ energy: { today, saving } }: { energy: EnergyReport }) {
  const { say, language, locale } = useWords()
  const { change } = useFigureTexts()
  const style = useTimeStyle()
  const nowMs = useNow()
  const kWh = (value: number) => usageText('energyKWh', value, { say, locale })
  return (
    <div className={styles['pair']}>
      <section className={`card ${styles['tile']}`} data-part="today">
        <h2>{say('energy.today')}</h2>
        {today === undefined ? (
          <p className="quiet">{say('measure.nothing')}</p>
        ) : (
          <>
            <p className={styles['value']}>{kWh(today.kWh)}</p>
            <p>
              {today.usualKWh === undefined || today.usualKWh === 0
                ? say('overview.noUsual')
                : say('energy.usual', {
                    usual: kWh(today.usualKWh),
                    change: change(today.kWh / today.usualKWh - 1),
                  })}
            </p>
            <p className="quiet">{say('wall.asOf', { time: clockText(Date.parse(today.at), nowMs, style) })}</p>
          </>
        )}
      </section>
      <section className={`card ${styles['tile']}`} data-part="saving">
        <h2>{say('energy.saving')}</h2>
        {saving.commands === 0 ? (
          <p>{say('energy.nothingAutomated')}</p>
        ) : (
          <>
            <p className={styles['value']}>{saving.savedKWh === undefined ? '–' : kWh(saving.savedKWh)}</p>
            <p>{say('energy.commands', { count: saving.commands })}</p>
          </>
        )}
        <p className="quiet">{language === 'zh' ? saving.methodZh : saving.methodEn}</p>
      </section>
    </div>
  )
}
