import { Button } from '@mantine/core'
import { useWords } from '../words/words.tsx'
import styles from './account.module.css'

/** Recovery codes, shown this once. */
export function RecoveryCodesList({ codes, done }: { codes: readonly string[]; done: () => void }) {
  const { say } = useWords()
  return (
    <div className={styles['list']} role="status">
      <strong>{say('secondFactor.codes')}</strong>
      <p>{say('secondFactor.codesHint')}</p>
      <ol className={styles['codes']} data-testid="recovery-codes">
        {codes.map(code => (
          <li key={code}>
            <code className={styles['code']}>{code}</code>
          </li>
        ))}
      </ol>
      <Button onClick={done}>{say('secondFactor.codesKept')}</Button>
    </div>
  )
}
