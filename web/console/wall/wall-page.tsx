import { useRef } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useTimeStyle } from '../console-context.ts'
import { freshnessOf } from '../overview/freshness.ts'
import { overviewPath } from '../overview/overview-page.tsx'
import { useOverview, useOverviewStations } from '../overview/use-overview.ts'
import { readRegion, wayTo } from '../region/region-tree.ts'
import { useRegionName } from '../region/region-crumbs.tsx'
import { useRegions } from '../region/use-regions.ts'
import { clockText, durationText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import { PANELS, everyMsOf } from './rotation.ts'
import { toggleFullScreen, useRotation, useScreenAwake } from './use-wall.ts'
import './wall.css'
import { CountsPanel, FaultsPanel, MapPanel, RankingPanel } from './wall-panels.tsx'

/**
 * The one screen for a wall: no navigation, one panel after the other, read from five metres away. It shows places and numbers, and
 * nobody's name.
 */
export function WallPage() {
  const { say, locale } = useWords()
  const [query, setQuery] = useSearchParams()
  const region = readRegion(query)
  const look = query.get('look') === 'light' ? 'light' : 'dark'
  const regions = useRegions().data
  const overview = useOverview(region).data
  const stations = useOverviewStations(region).data?.stations ?? []
  const { rotation, turn } = useRotation(everyMsOf(query))
  const nameOf = useRegionName(regions)
  const style = useTimeStyle()
  const nowMs = useNow()
  const wall = useRef<HTMLDivElement>(null)
  useScreenAwake()
  const place = regions && wayTo(regions, region)?.at(-1)
  const panel = PANELS[rotation.index] ?? 'counts'
  const isStale = overview !== undefined && freshnessOf(overview.at, nowMs) === 'stale'
  const setLook = () => {
    const next = new URLSearchParams(query)
    next.set('look', look === 'dark' ? 'light' : 'dark')
    setQuery(next, { replace: true })
  }
  return (
    <div ref={wall} className="wall" data-look={look} data-panel={panel} data-stale={isStale}>
      <title>{`${say('wall.title')} · ${say('product')}`}</title>
      <header className="wall-head">
        <h1>{place === undefined ? say('product') : nameOf(place)}</h1>
        <p>{clockText(nowMs, nowMs, style)}</p>
      </header>
      <div role="alert" className="wall-alert">
        {isStale && (
          <p data-testid="wall-stale">
            {say('wall.stale', { age: durationText(nowMs - Date.parse(overview.at), locale) })}
          </p>
        )}
      </div>
      <main className="wall-panel" aria-label={say(`wall.panel.${panel}`)} key={panel}>
        <h2>
          {say(`wall.panel.${panel}`)}
          {rotation.isPaused && <span className="wall-paused"> · {say('wall.paused')}</span>}
        </h2>
        {overview === undefined && <p>{say('wall.waiting')}</p>}
        {overview !== undefined && panel === 'counts' && <CountsPanel overview={overview} isStale={isStale} />}
        {overview !== undefined && panel === 'faults' && <FaultsPanel overview={overview} isStale={isStale} />}
        {overview !== undefined && panel === 'ranking' && <RankingPanel overview={overview} stations={stations} />}
        {panel === 'map' && <MapPanel stations={stations} region={region} />}
      </main>
      <footer className="wall-foot">
        <p>{overview !== undefined && say('wall.asOf', { time: clockText(Date.parse(overview.at), nowMs, style) })}</p>
        <p>
          <span aria-hidden="true">
            {PANELS.map((one, index) => (
              <span key={one} className="wall-dot" data-on={index === rotation.index} />
            ))}
          </span>
          <span className="for-screen-readers">
            {say('wall.panelOf', { n: rotation.index + 1, of: PANELS.length, name: say(`wall.panel.${panel}`) })}
          </span>
        </p>
      </footer>
      <nav className="wall-controls" aria-label={say('wall.controls')}>
        <button type="button" aria-pressed={rotation.isPaused} onClick={() => turn('toggle')}>
          {say(rotation.isPaused ? 'wall.go' : 'wall.pause')}
        </button>
        <button type="button" onClick={() => void toggleFullScreen(wall)}>
          {say('wall.fullScreen')}
        </button>
        <button type="button" onClick={setLook}>
          {say('wall.look')}
        </button>
        <Link to={overviewPath(region)}>{say('wall.leave')}</Link>
      </nav>
    </div>
  )
}
