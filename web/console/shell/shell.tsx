import { useEffect, useRef } from 'react'
import { Outlet, useLocation } from 'react-router'
import { SilentBar } from '../automation/silent-bar.tsx'
import { UnsentChecklists } from '../checklists/use-drafts.tsx'
import { ConnectionBar } from '../live/connection-bar.tsx'
import { UnsentAnswers } from '../notices/use-answers.tsx'
import { UnsentBar } from '../offline/unsent.tsx'
import { useSession } from '../session/use-session.ts'
import { useWords } from '../words/words.tsx'
import { AccountMenu } from './account-menu.tsx'
import { AnchorIcon } from './icons.tsx'
import { Navigation } from './navigation.tsx'
import styles from './shell.module.css'

/** What surrounds every page of somebody signed in: at a desk the navigation is at the side, on a phone below. */
export function Shell() {
  const { say } = useWords()
  const person = useSession().data
  const main = useRef<HTMLElement>(null)
  useFocusOnNewPage(main)
  // The gate above lets nobody through who is not signed in.
  if (!person) return null
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
      <Navigation role={person.role} />
      <main id="main" className={styles['main']} ref={main} tabIndex={-1}>
        <ConnectionBar />
        {person.role === 'administrator' && <SilentBar />}
        <UnsentBar />
        {person.role !== 'hardware' && <UnsentChecklists />}
        <UnsentAnswers />
        <Outlet />
      </main>
    </div>
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
