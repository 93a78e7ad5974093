import { DoorPage } from '../check-in/door-page.tsx'
import type { VisitorPage } from '../station/paths.ts'
import { AppliancePage } from './appliance-page.tsx'
import { MyReportsPage } from './my-reports-page.tsx'
import { ReportPage } from './report-page.tsx'

export interface VisitsProps {
  visit: VisitorPage
  go: (path: string) => void
}

/** The pages of what a visitor does at a station. */
export function Visits({ visit, go }: VisitsProps) {
  switch (visit.page) {
    case 'report':
      return <ReportPage key={visit.station} station={visit.station} query={window.location.search} go={go} />
    case 'appliance':
      return <AppliancePage key={visit.tag} tag={visit.tag} go={go} />
    case 'door':
      return <DoorPage key={visit.station} station={visit.station} query={window.location.search} go={go} />
    case 'mine':
      return <MyReportsPage go={go} />
  }
}
