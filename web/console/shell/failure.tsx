import { Button } from '@mantine/core'
import { RequestError } from '../api/request-error.ts'
import { type Say, useWords } from '../words/words.tsx'
import { WarningIcon } from './icons.tsx'
import styles from './page.module.css'

/** Why something failed, in the reader's words. */
export function failureText(error: unknown, say: Say): string {
  if (!(error instanceof RequestError)) return say('failure.page')
  switch (error.code) {
    case 'API_UNREACHABLE':
      return say('failure.unreachable')
    case 'API_UNAUTHORIZED':
      return say('signIn.sessionOver')
    case 'API_FORBIDDEN':
      return say('failure.forbidden')
    case 'API_NOT_FOUND':
      return say('failure.notFound')
    case 'API_CONFLICT':
      return say('failure.conflict')
    case 'API_TOO_MANY':
      return say('failure.tooMany')
    case 'API_REFUSED':
      return say('failure.refused', { message: error.message })
    case 'API_BROKEN':
      return say('failure.broken')
  }
}

/** A part of the page that could not be loaded, with the way to try again. */
export function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  const { say } = useWords()
  return (
    <div className={`card ${styles['failure']}`} role="alert">
      <h2>
        <WarningIcon /> {say('failure.title')}
      </h2>
      <p>{failureText(error, say)}</p>
      <Button variant="default" onClick={retry}>
        {say('retry')}
      </Button>
    </div>
  )
}
