import { Link } from 'react-router'
import { Failure } from '../../shell/failure.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Age } from '../../time/age.tsx'
import { localName, useWords } from '../../words/words.tsx'
import { actorName } from '../actor-name.ts'
import styles from '../fleet.module.css'
import { useFleet } from '../use-fleet.ts'

/** Every profile: what stations are equipped with. */
export function ProfileListPage() {
  const { say, language } = useWords()
  const list = useProfiles()
  const profiles = list.data?.profiles
  return (
    <Page title={say('profile.title')}>
      <p className="quiet">{say('profile.intro')}</p>
      <p>
        <Link to="/fleet/new-profile" className={styles['link']} data-testid="new-profile">
          {say('profile.make')}
        </Link>
      </p>
      {profiles === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {profiles === undefined && !list.isError && <LoadingRows />}
      {profiles?.length === 0 && <p data-testid="no-profiles">{say('profile.none')}</p>}
      <ul className={styles['list']}>
        {profiles?.map(profile => (
          <li key={profile.profile} className={`card ${styles['row']}`} data-profile={profile.profile}>
            <h2>
              <Link to={`/fleet/profiles/${profile.profile}`} className={styles['link']}>
                {localName(language, profile)}
              </Link>
            </h2>
            <p className={styles['line']}>
              <span>{say('fleet.version', { version: profile.version })}</span>
              <span>{say('profile.appliances', { count: profile.appliances })}</span>
              <span>{say('profile.devices', { count: profile.devices })}</span>
              <span>{say('profile.gateways', { count: profile.gateways })}</span>
            </p>
            <p className={`${styles['line']} quiet`}>
              <span>
                {actorName(profile.savedBy, say)} · <Age at={profile.savedAt} />
              </span>
              {profile.note !== '' && <span>{profile.note}</span>}
            </p>
          </li>
        ))}
      </ul>
    </Page>
  )
}

/** Profiles by their newest version. */
export function useProfiles() {
  return useFleet({ key: ['profiles'], ask: (api, signal) => api.profiles.list(signal) })
}
