import { Button } from '@mantine/core'
import { type RefObject, useState } from 'react'
import { useWords } from '../words/words.tsx'
import styles from './fleet.module.css'

/** Where one is in a list that comes page by page. */
export interface Place {
  /** To be asked as `after`; absent: the first page. */
  after: string | undefined
  /** From 1 on. */
  page: number
  goOn: (next: string) => void
  goBack: () => void
}

/** A place in a list; another list (`of`) begins with its first page. */
export function usePlace(of: string): Place {
  const [way, setWay] = useState<{ of: string; cursors: readonly string[] }>({ of, cursors: [] })
  const cursors = way.of === of ? way.cursors : []
  return {
    after: cursors.at(-1),
    page: cursors.length + 1,
    goOn: next => setWay({ of, cursors: [...cursors, next] }),
    goBack: () => setWay({ of, cursors: cursors.slice(0, -1) }),
  }
}

interface PagerProps {
  place: Place
  /** Absent: this is the last page. */
  next: string | undefined
  /** The list: a new page is read from its beginning. */
  list: RefObject<HTMLElement | null>
}

/** The ways to the next page and back; nothing where there is one page alone. */
export function Pager({ place, next, list }: PagerProps) {
  const { say } = useWords()
  if (next === undefined && place.page === 1) return null
  const turn = (act: () => void) => {
    act()
    list.current?.scrollIntoView()
  }
  return (
    <nav className={styles['actions']} aria-label={say('fleet.page.label')}>
      {place.page > 1 && (
        <Button variant="default" data-act="page-back" onClick={() => turn(place.goBack)}>
          {say('fleet.page.back')}
        </Button>
      )}
      <span data-page={place.page}>{say('fleet.page.number', { page: place.page })}</span>
      {next !== undefined && (
        <Button variant="default" data-act="page-on" onClick={() => turn(() => place.goOn(next))}>
          {say('fleet.page.on')}
        </Button>
      )}
    </nav>
  )
}
