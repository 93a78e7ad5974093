import { useEffect, useState } from 'react'
import { VisitorFailure, askServer } from '../station/visitor-api.ts'
import { ReportPage } from './report-page.tsx'
import { useVisitTexts } from './texts/texts.ts'
import { VisitPage } from './visit-page.tsx'

interface Found {
  id: string
  station: string
}

/** The address in the code on an appliance: leads to its station's report page with that appliance chosen. */
export function AppliancePage({ tag, go }: { tag: string; go: (path: string) => void }) {
  const t = useVisitTexts()
  const found = useAppliance(tag)
  if (typeof found === 'object') {
    const query = `?${new URLSearchParams({ topic: 'broken', appliance: found.id }).toString()}`
    return <ReportPage station={found.station} query={query} go={go} />
  }
  const back = { path: '/', text: t('mine.toList') }
  if (found === 'missing') {
    return (
      <VisitPage title={t('appliance.missing')} back={back} go={go}>
        <p>{t('appliance.missingHint')}</p>
      </VisitPage>
    )
  }
  return (
    <VisitPage title={t('report.title')} back={back} go={go}>
      <p role="status">{t(found === 'offline' ? 'appliance.offline' : 'appliance.finding')}</p>
    </VisitPage>
  )
}

function useAppliance(tag: string): Found | 'finding' | 'missing' | 'offline' {
  const [found, setFound] = useState<Found | 'finding' | 'missing' | 'offline'>('finding')
  useEffect(() => {
    let gone = false
    const find = async () => {
      try {
        const answer = (await askServer(`/api/v1/appliances/${encodeURIComponent(tag)}`)) as Found
        if (!gone) setFound(answer)
      } catch (error) {
        const missing = error instanceof VisitorFailure && error.kind === 'refused'
        if (!gone) setFound(missing ? 'missing' : 'offline')
      }
    }
    const again = () => void find()
    again()
    window.addEventListener('online', again)
    return () => {
      gone = true
      window.removeEventListener('online', again)
    }
  }, [tag])
  return found
}
