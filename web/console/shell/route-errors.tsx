import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { useWords } from '../words/words.tsx'
import { Page } from './page.tsx'

/** Shown in place of a page that threw: ours to mend; the visitor can load the page again. */
export function RouteError() {
  const { say } = useWords()
  return (
    <Page title={say('failure.title')}>
      <p role="alert">{say('failure.page')}</p>
      <div>
        <Button onClick={() => window.location.reload()}>{say('failure.reload')}</Button>
      </div>
    </Page>
  )
}

/** An address that leads nowhere. */
export function NoSuchPage() {
  const { say } = useWords()
  return (
    <Page title={say('failure.noPage')}>
      <p>
        <Link to="/alerts">{say('failure.toAlerts')}</Link>
      </p>
    </Page>
  )
}
