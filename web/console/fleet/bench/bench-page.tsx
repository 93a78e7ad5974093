import type { BenchView } from '@harbor/protocol'
import { Link, useParams } from 'react-router'
import { KeptFrom } from '../../offline/kept-from.tsx'
import { Failure } from '../../shell/failure.tsx'
import { BackIcon } from '../../shell/icons.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Age } from '../../time/age.tsx'
import { localName, useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { FLEET_LIVE, useFleet } from '../use-fleet.ts'
import { AcceptPart } from './accept-part.tsx'
import { BenchDeviceTile } from './bench-device.tsx'
import { SIGNS } from './bench-signs.ts'
import own from './bench.module.css'

/** A box is watched while it starts: so often it is asked about beside the live events. */
const REFETCH_MS = 2_000

/** A gateway just flashed, to be read from a step away: what is green, what is red, and its acceptance. */
export function BenchPage() {
  const { gateway = '' } = useParams()
  const { say, language } = useWords()
  const bench = useFleet({
    key: [FLEET_LIVE, 'bench', gateway],
    ask: (api, signal) => api.twin.bench(gateway, signal),
    everyMs: REFETCH_MS,
  })
  const view = bench.data
  const title =
    view === undefined
      ? say('bench.title')
      : localName(language, { nameZh: view.stationNameZh, nameEn: view.stationNameEn })
  return (
    <Page title={title} aside={view !== undefined && <p className="quiet">{gateway}</p>}>
      <p className={styles['line']}>
        <Link to="/fleet/bench" className={styles['link']}>
          <BackIcon /> {say('bench.title')}
        </Link>
        <Link to={`/fleet/gateways/${gateway}`} className={styles['link']}>
          {say('bench.gateway')}
        </Link>
        <Link to={`/fleet/gateways/${gateway}/devices`} className={styles['link']}>
          {say('fleet.box.devices')}
        </Link>
      </p>
      {view !== undefined && bench.isError && <KeptFrom atMs={bench.dataUpdatedAt} />}
      {view === undefined && bench.isError && <Failure error={bench.error} retry={() => void bench.refetch()} />}
      {view === undefined && !bench.isError && <LoadingRows />}
      {view !== undefined && <Watched view={view} />}
    </Page>
  )
}

function Watched({ view }: { view: BenchView }) {
  const { say } = useWords()
  const { gateway, mark, checks, devices, software, hardware } = view
  const ready = devices.filter(device => device.mark === 'green').length
  return (
    <>
      <div className={own['verdict']} data-testid="verdict" data-mark={mark} role="status">
        <b>
          <span aria-hidden="true">{SIGNS[mark]} </span>
          {say(`bench.verdict.${mark}`)}
        </b>
        <span>{say('bench.ready', { count: devices.length, ready })}</span>
      </div>
      <section aria-label={say('bench.checks')}>
        <ul className={own['tiles']}>
          {checks.map(({ check, mark: how, at, detail }) => (
            <li key={check} className={own['tile']} data-check={check} data-mark={how}>
              <span className={own['name']}>
                {say(`bench.check.${check}`)}
                <span className={own['sign']} aria-hidden="true">
                  {SIGNS[how]}
                </span>
              </span>
              <span className="quiet">
                {say(`bench.mark.${how}`)}
                {detail !== undefined && ` · ${detail}`} {at !== undefined && <Age at={at} />}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section aria-label={say('bench.devices')} className={styles['stack']}>
        <h2>{say('bench.devices')}</h2>
        {devices.length === 0 && <p className="quiet">{say('fleet.noDevices')}</p>}
        <ul className={own['tiles']}>
          {devices.map(device => (
            <BenchDeviceTile key={device.device} gateway={gateway} device={device} />
          ))}
        </ul>
      </section>
      <AcceptPart view={view} />
      <p className="quiet">
        {[software, hardware?.model, hardware?.serial].filter(one => one !== undefined).join(' · ')}
      </p>
    </>
  )
}
