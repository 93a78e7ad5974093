import { useSession } from '../session/use-session.ts'
import { Page } from '../shell/page.tsx'
import { useWords } from '../words/words.tsx'
import { PeoplePart } from './people-part.tsx'
import { SecondFactorPart } from './second-factor-part.tsx'
import { SessionsPart } from './sessions-part.tsx'

/** How safely one is signed in; and for administrators the same of the people of their region. */
export function AccountPage() {
  const { say } = useWords()
  const role = useSession().data?.role
  return (
    <Page title={say('ownAccount.title')}>
      <SecondFactorPart />
      <SessionsPart />
      {role === 'administrator' && <PeoplePart />}
    </Page>
  )
}
