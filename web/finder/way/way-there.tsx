import type { StationView } from '@harbor/protocol'
import { type MapApp, WAY_MODES, type WayMode, mapLink, showsMode } from '@harbor/protocol/map-links'
import { useMemo, useState } from 'react'
import { inLanguage, useFinder } from '../finder-context.ts'
import { Icon } from '../parts/icons.tsx'
import { useStationTexts } from '../station/texts/texts.ts'
import { copyText } from './copy-text.ts'
import { deviceOf, offeredApps, readLastApp, saveLastApp } from '../../shared/way/offered-apps.ts'
import './way.css'

/** Maps that lead to a station, each in its own coordinates. The visitor's position is not part of any address. */
export function WayThere({ view }: { view: StationView }) {
  const t = useStationTexts()
  const { language } = useFinder()
  const device = useMemo(() => deviceOf(navigator.userAgent), [])
  const [last, setLast] = useState(readLastApp)
  const [mode, setMode] = useState<WayMode>('walk')
  const name = inLanguage(language, view.nameZh, view.nameEn)
  // The apps know the streets of China by their Chinese names.
  const destination = { ...view, name: view.nameZh }
  const choose = (app: MapApp) => {
    saveLastApp(app)
    setLast(app)
  }
  const apps = offeredApps(device, last).filter(app => showsMode(app, mode))
  return (
    <section className="block" id="way" aria-labelledby="way-title">
      <h2 id="way-title" tabIndex={-1}>
        <Icon name="place" />
        {t('way.title')}
      </h2>
      {device.insideWeChat && <p className="way-note">{t('way.wechat')}</p>}
      <fieldset className="way-modes">
        <legend className="visually-hidden">{t('way.mode')}</legend>
        {WAY_MODES.map(one => (
          <label key={one} className="choice">
            <input type="radio" name="way-mode" checked={mode === one} onChange={() => setMode(one)} />
            <span>{t(`way.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <ul className="way-apps" role="list">
        {apps.map(app => (
          <li key={app}>
            <a
              className="way-app"
              href={mapLink(app, mode, destination)}
              rel="noopener noreferrer"
              // A click that opens a tab leaves the finder where it was; an app takes over by itself.
              target={app === 'geo' ? undefined : '_blank'}
              onClick={() => choose(app)}
              data-app={app}
            >
              <span>{t(`way.${app}`)}</span>
              {app === last && <span className="quiet">{t('way.last')}</span>}
            </a>
          </li>
        ))}
      </ul>
      {mode === 'ride' && <p className="quiet">{t('way.onlyWalk')}</p>}
      <CopyAddress text={[name, inLanguage(language, view.addressZh ?? '', view.addressEn ?? '')].join(' ').trim()} />
      <p className="quiet">{t('way.private')}</p>
    </section>
  )
}

function CopyAddress({ text }: { text: string }) {
  const t = useStationTexts()
  const [done, setDone] = useState<'copied' | 'failed'>()
  const copy = async () => setDone((await copyText(text)) ? 'copied' : 'failed')
  return (
    <>
      <button type="button" className="plain-button" onClick={() => void copy()}>
        {t('way.copy')}
      </button>
      <p role="status" className="quiet">
        {done === 'copied' && t('way.copied')}
        {done === 'failed' && t('way.copyFailed', { text })}
      </p>
    </>
  )
}
