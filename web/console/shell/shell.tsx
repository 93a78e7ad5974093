import type { Person } from '@harbor/protocol'
import { useEffect, useRef } from 'react'
import { Link, NavLink, Outlet, useLocation } from 'react-router'
import { useOpenAlertCount } from '../inbox/use-inbox.ts'
import { ConnectionBar } from '../live/connection-bar.tsx'
import { UnsentBar } from '../offline/unsent.tsx'
import { useWords } from '../words/words.tsx'
import { AccountMenu } from './account-menu.tsx'
import { AnchorIcon, ApplianceIcon, BellIcon, StationIcon, VoiceIcon, WrenchIcon } from './icons.tsx'
import styles from './shell.module.css'

/** What surrounds every page of somebody signed in: at a desk the navigation is at the side, on a phone below. */
export function Shell({ person }: { person: Person }) {
  const { say } = useWords()
  const main = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  useFocusOnNewPage(main)
  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href="#main" onClick={() => main.current?.focus()}>
        {say('skipToContent')}
      </a>
      <header className={styles['top']}>
        <p className={styles['brand']}>
          <AnchorIcon />
          <span>{say('product')}</span>
          <span className={styles['console']}>{say('console')}</span>
        </p>
        <AccountMenu person={person} />
      </header>
      <nav className={styles['nav']} aria-label={say('nav.label')}>
        <ul>
          <li>
            <Link to="/inbox" aria-current={/^\/(inbox|alerts)/.test(pathname) ? 'page' : undefined}>
              <BellIcon />
              <span>{say('nav.alerts')}</span>
              <OpenAlertCount />
            </Link>
          </li>
          {person.role !== 'hardware' && (
            <li>
              <NavLink to="/work-orders">
                <WrenchIcon />
                <span>{say('nav.workOrders')}</span>
              </NavLink>
            </li>
          )}
          <li>
            <NavLink to="/feedback">
              <VoiceIcon />
              <span>{say('nav.feedback')}</span>
            </NavLink>
          </li>
          <li>
            <NavLink to="/stations">
              <StationIcon />
              <span>{say('nav.stations')}</span>
            </NavLink>
          </li>
          <li>
            <NavLink to="/assets">
              <ApplianceIcon />
              <span>{say('nav.assets')}</span>
            </NavLink>
          </li>
        </ul>
      </nav>
      <main id="main" className={styles['main']} ref={main} tabIndex={-1}>
        <ConnectionBar />
        <UnsentBar />
        <Outlet />
      </main>
    </div>
  )
}

function OpenAlertCount() {
  const { say } = useWords()
  const count = useOpenAlertCount() ?? 0
  if (count === 0) return null
  return (
    <span className={styles['count']}>
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="for-screen-readers">{say('nav.openAlerts', { count })}</span>
    </span>
  )
}

/** A new page is read from its start: focus goes to it, as it would after loading a page (but not on the first one). */
function useFocusOnNewPage(main: React.RefObject<HTMLElement | null>) {
  const { pathname } = useLocation()
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    main.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [main, pathname])
}
