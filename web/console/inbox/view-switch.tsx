import { Link } from 'react-router'
import { useWords } from '../words/words.tsx'
import styles from './inbox.module.css'

/** By station, on a map, or each alert by itself; what all three know of the filters goes along. */
export function ViewSwitch({ shown, query }: { shown: 'list' | 'map' | 'each'; query: URLSearchParams }) {
  const { say } = useWords()
  const search = (view: 'list' | 'map' | 'each') => {
    const next = new URLSearchParams()
    const names = view === 'each' || shown === 'each' ? ['severity', 'kind'] : [...query.keys()]
    for (const name of names) if (query.has(name)) next.set(name, query.get(name) ?? '')
    if (view === 'map') next.set('view', 'map')
    else next.delete('view')
    return next.size === 0 ? '' : `?${next}`
  }
  const views = [
    { view: 'list', word: 'inbox.byStation', to: '/inbox' },
    { view: 'map', word: 'inbox.onMap', to: '/inbox' },
    { view: 'each', word: 'inbox.each', to: '/alerts' },
  ] as const
  return (
    <nav className={styles['views']} aria-label={say('inbox.views')}>
      {views.map(({ view, word, to }) => (
        <Link
          key={view}
          to={to + search(view)}
          replace
          aria-current={view === shown ? 'page' : undefined}
          data-view={view}
        >
          {say(word)}
        </Link>
      ))}
    </nav>
  )
}
