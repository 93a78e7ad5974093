import { useSyncExternalStore } from 'react'
import { useFinder } from '../finder-context.ts'
import type { AppUpdates } from '../offline/app-updates.ts'

/** Offers a new version of the page when it is there. */
export function UpdateNote({ updates }: { updates: AppUpdates }) {
  const { t } = useFinder()
  const { isUpdateReady } = useSyncExternalStore(updates.subscribe, updates.getState)
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
    </div>
  )
}

/** Offers to install the page where the browser can; at the end of the list, so that it moves nothing that is read. */
export function InstallOffer({ updates }: { updates: AppUpdates }) {
  const { t } = useFinder()
  const { canInstall } = useSyncExternalStore(updates.subscribe, updates.getState)
  if (!canInstall) return null
  return (
    <p className="update-note install-offer">
      <span>{t('install.offer')}</span>
      <button type="button" className="small-button" onClick={updates.install}>
        {t('install.do')}
      </button>
      <button type="button" className="small-button plain" onClick={updates.declineInstall}>
        {t('install.later')}
      </button>
    </p>
  )
}
