import { useWords } from '../words/words.tsx'
import styles from './table.module.css'

const FORMATS = ['csv', 'xlsx', 'pdf'] as const

interface TakeAwayTableProps {
  /** Below the API's root, as `usage`. */
  path: string
  query: URLSearchParams
}

/** The table that is shown, as a file: the server makes it from the same figures, in the page's language. */
export function TakeAwayTable({ path, query }: TakeAwayTableProps) {
  const { say, language } = useWords()
  const asked = new URLSearchParams(query)
  asked.set('language', language)
  return (
    <p className={styles['takeAway']} data-testid="take-away">
      <span className="quiet">{say('table.takeAway')}</span>
      {FORMATS.map(format => (
        <a key={format} href={`/api/v1/${path}.${format}?${asked}`} download>
          {format.toUpperCase()}
        </a>
      ))}
    </p>
  )
}
