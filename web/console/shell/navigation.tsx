import type { Role } from '@harbor/protocol'
import { useEffect, useId, useRef, useState } from 'react'
import { Link, useLocation } from 'react-router'
import { useOpenAlertCount } from '../inbox/use-inbox.ts'
import { useWords } from '../words/words.tsx'
import { MoreIcon, NAV_ICONS } from './icons.tsx'
import { NAV_GROUPS, type NavEntry, barOf, entriesOf, isWithin } from './nav-entries.ts'
import styles from './navigation.module.css'

/** Every page, in groups: at a desk beside the page; on a phone the main ones below it, and all of them behind "More". */
export function Navigation({ role }: { role: Role }) {
  const { say } = useWords()
  const { pathname } = useLocation()
  // Open on the page that it was opened on: another page, by whatever way, closes it.
  const [openOn, setOpenOn] = useState<string>()
  const isOpen = openOn === pathname
  const button = useRef<HTMLButtonElement>(null)
  const nav = useRef<HTMLElement>(null)
  const panel = useId()
  useEffect(() => {
    if (!isOpen) return undefined
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && nav.current?.contains(event.target) !== true) setOpenOn(undefined)
    }
    document.addEventListener('pointerdown', onPress)
    return () => document.removeEventListener('pointerdown', onPress)
  }, [isOpen])
  const close = () => {
    setOpenOn(undefined)
    button.current?.focus()
  }
  const bar = barOf(role)
  const isElsewhere = !bar.some(({ to }) => isWithin(pathname, to))
  return (
    <nav
      ref={nav}
      className={styles['nav']}
      aria-label={say('nav.label')}
      onKeyDown={event => {
        if (event.key === 'Escape' && isOpen) close()
      }}
    >
      <div id={panel} className={styles['groups']} data-open={isOpen}>
        <Groups role={role} onChoose={() => setOpenOn(undefined)} />
      </div>
      <ul className={styles['bar']}>
        {bar.map(entry => (
          <li key={entry.to}>
            <NavItem entry={entry} onChoose={() => setOpenOn(undefined)} />
          </li>
        ))}
        <li>
          <button
            ref={button}
            type="button"
            className={styles['item']}
            aria-expanded={isOpen}
            aria-controls={panel}
            data-current={isElsewhere}
            onClick={() => setOpenOn(isOpen ? undefined : pathname)}
          >
            <MoreIcon />
            <span>{say('nav.more')}</span>
          </button>
        </li>
      </ul>
    </nav>
  )
}

function Groups({ role, onChoose }: { role: Role; onChoose: () => void }) {
  const { say } = useWords()
  const id = useId()
  const entries = entriesOf(role)
  return NAV_GROUPS.map(group => {
    const own = entries.filter(entry => entry.group === group)
    if (own.length === 0) return null
    return (
      <div key={group} className={styles['group']}>
        <p id={`${id}-${group}`} className={styles['groupName']}>
          {say(`nav.group.${group}`)}
        </p>
        <ul aria-labelledby={`${id}-${group}`}>
          {own.map(entry => (
            <li key={entry.to}>
              <NavItem entry={entry} onChoose={onChoose} />
            </li>
          ))}
        </ul>
      </div>
    )
  })
}

function NavItem({ entry: { to, label }, onChoose }: { entry: NavEntry; onChoose: () => void }) {
  const { say } = useWords()
  const { pathname } = useLocation()
  const Icon = NAV_ICONS[to]
  const isCurrent = isWithin(pathname, to)
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    const item = link.current
    const groups = item?.closest('[data-open]')
    if (!isCurrent || item === null || !(groups instanceof HTMLElement)) return
    // Where the groups are longer than the screen, the page that one is on stays in sight.
    groups.scrollTop = Math.max(groups.scrollTop, item.offsetTop + item.offsetHeight - groups.clientHeight)
  }, [isCurrent])
  return (
    <Link
      ref={link}
      to={to}
      className={styles['item']}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={onChoose}
    >
      {Icon !== undefined && <Icon />}
      <span>{say(label)}</span>
      {to === '/inbox' && <OpenAlertCount />}
    </Link>
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
