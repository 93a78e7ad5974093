import type { FinderFilter } from '@harbor/protocol'
import { useEffect, useRef } from 'react'
import { useFinder } from '../finder-context.ts'
import { FILTERS, toggled } from '../question.ts'
import { Icon } from './icons.tsx'

interface FilterChipsProps {
  filters: readonly FinderFilter[]
  onChange: (filters: FinderFilter[]) => void
}

/** What a station is to have: one button each, pressed or not, in one row to swipe. */
export function FilterChips({ filters, onChange }: FilterChipsProps) {
  const { t } = useFinder()
  const row = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // A shared link may ask for what stands far to the right.
    const pressed = row.current?.querySelector('[aria-pressed=true]')
    if (pressed instanceof HTMLElement) row.current?.scrollTo(Math.max(0, pressed.offsetLeft - 60), 0)
  }, [])
  return (
    <div className="filters" role="group" aria-label={t('filter.title')} ref={row}>
      {FILTERS.map(filter => {
        const isAsked = filters.includes(filter)
        return (
          <button
            key={filter}
            type="button"
            className="filter"
            aria-pressed={isAsked}
            data-filter={filter}
            onClick={() => onChange(toggled(filters, filter))}
          >
            {isAsked && <Icon name="check" />}
            {t(`filter.${filter}`)}
          </button>
        )
      })}
    </div>
  )
}
