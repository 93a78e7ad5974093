import { Button } from '@mantine/core'
import { useWords } from '../words/words.tsx'
import styles from './rota.module.css'

/** The way to the weeks before and after. */
export function WeekWays({ firstDay, onWeek }: { firstDay: string; onWeek: (day: string) => void }) {
  const { say } = useWords()
  const shifted = (days: number) =>
    new Date(Date.parse(`${firstDay}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
  return (
    <div className={styles['ways']}>
      <Button variant="default" onClick={() => onWeek(shifted(-7))}>
        {say('rota.previous')}
      </Button>
      <Button variant="default" onClick={() => onWeek(shifted(7))}>
        {say('rota.next')}
      </Button>
    </div>
  )
}
