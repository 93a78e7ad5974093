import { type Destination, type MapApp, mapLink } from '@harbor/protocol/map-links'
import { useMemo, useState } from 'react'
import { deviceOf, offeredApps, readLastApp, saveLastApp } from '../../shared/way/offered-apps.ts'
import { useWords } from '../words/words.tsx'
import styles from './way.module.css'

/** Maps that lead to a place, each in its own coordinates; the one that was used last comes first. */
export function WayThere({ to }: { to: Destination }) {
  const { say } = useWords()
  const device = useMemo(() => deviceOf(navigator.userAgent), [])
  const [last, setLast] = useState(readLastApp)
  const choose = (app: MapApp) => {
    saveLastApp(app)
    setLast(app)
  }
  return (
    <nav aria-label={say('order.route')}>
      {device.insideWeChat && <p className="quiet">{say('order.way.wechat')}</p>}
      <ul className={styles['apps']}>
        {offeredApps(device, last).map(app => (
          <li key={app}>
            <a
              href={mapLink(app, 'ride', to)}
              rel="noopener noreferrer"
              // A map that opens as a tab leaves the order where it was; an app takes over by itself.
              target={app === 'geo' ? undefined : '_blank'}
              onClick={() => choose(app)}
              data-app={app}
            >
              {say(`order.way.${app}`)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
