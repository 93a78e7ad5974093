import { useSyncExternalStore } from 'react'
import { useFinder } from '../finder-context.ts'
import type { AppUpdates } from '../offline/app-updates.ts'

/** Offers a new version of the page when it is there, and to install the page where the browser can. */
export function UpdateNote({ updates }: { updates: AppUpdates }) {
  const { t } = useFinder()
  const { isUpdateReady, canInstall } = useSyncExternalStore(updates.subscribe, updates.getState)
  return (
    <div role="status">
      {isUpdateReady && (
        <p className="update-note">
          <span>{t('update.ready')}</span>
          <button type="button" className="small-button" onClick={updates.update}>
            {t('update.load')}
          </button>
        </p>
      )}
      {!isUpdateReady && canInstall && (
        <p className="update-note">
          <span>{t('install.offer')}</span>
          <button type="button" className="small-button" onClick={updates.install}>
            {t('install.do')}
          </button>
          <button type="button" className="small-button plain" onClick={updates.declineInstall}>
            {t('install.later')}
          </button>
        </p>
      )}
    </div>
  )
}
