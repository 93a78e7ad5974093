import type { VisitorPage as Visit } from '../station/paths.ts'
import { useFinder } from '../finder-context.ts'
import { LazyPart } from '../station/lazy-part.tsx'

interface VisitorPageProps {
  visit: Visit
  go: (path: string) => void
}

const loadVisits = async () => (await import('../report/visits.tsx')).Visits

/** What a visitor does at a station: reports, thanks, checks in. Its code comes only to those who do. */
export function VisitorPage({ visit, go }: VisitorPageProps) {
  const { t } = useFinder()
  return (
    <LazyPart
      load={loadVisits}
      props={{ visit, go }}
      words={{ loading: t('part.loading'), failed: t('part.failed'), retry: t('failure.retry') }}
    />
  )
}
