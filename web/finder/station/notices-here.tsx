import type { StationDetail } from '@harbor/protocol'
import { inLanguage, useFinder } from '../finder-context.ts'

/** Orders that stand here for everybody, as longer hours in a heat wave. */
export function NoticesHere({ notices }: { notices: NonNullable<StationDetail['notices']> }) {
  const { language } = useFinder()
  return (
    <>
      {notices.map(notice => (
        <div key={notice.id} className="basis basis-warns" data-notice={notice.id}>
          <p>
            <strong>{inLanguage(language, notice.titleZh, notice.titleEn)}</strong>
          </p>
          <p>{inLanguage(language, notice.textZh, notice.textEn)}</p>
        </div>
      ))}
    </>
  )
}
