import { useFinder } from '../finder-context.ts'

/** Says that nothing could be had, and that it is tried again. */
export function Failure({ retry }: { retry: () => void }) {
  const { t } = useFinder()
  return (
    <div className="notice" role="alert">
      <h2>{t('failure.title')}</h2>
      <p>{t('failure.hint')}</p>
      <button type="button" className="button" onClick={retry}>
        {t('failure.retry')}
      </button>
    </div>
  )
}

/** Grey cards in the place and size of what comes. */
export function Skeleton() {
  const { t } = useFinder()
  return (
    <div className="cards" role="status" aria-busy="true">
      <span className="visually-hidden">{t('list.loading')}</span>
      {[1, 2, 3].map(number => (
        <div key={number} className="card skeleton" aria-hidden="true">
          <span className="skeleton-line" />
          <span className="skeleton-line skeleton-wide" />
          <span className="skeleton-line" />
          <span className="skeleton-block" />
        </div>
      ))}
    </div>
  )
}
