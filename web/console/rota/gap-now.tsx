import type { RotaGap } from '@harbor/protocol'
import { Link } from 'react-router'
import { useSession } from '../session/use-session.ts'
import { useWords } from '../words/words.tsx'
import styles from './rota.module.css'
import { useGaps } from './use-rota.ts'

/** Who is told of rotas, as the server's table of routes says. */
const MAY_SEE: readonly string[] = ['keeper', 'maintainer', 'manager', 'administrator']

/** Stations that nobody covers at this moment though they should be open, by id. */
export function useGapsNow(query: { region?: string | undefined; station?: string | undefined }) {
  const role = useSession().data?.role ?? ''
  const gaps = useGaps(query, MAY_SEE.includes(role)).data?.gaps ?? []
  return new Map(gaps.filter(({ isNow }) => isNow).map(gap => [gap.station, gap]))
}

/** Why a station may be shut: the rota's word for it, and the way to its week. */
export function GapNow({ gap }: { gap: RotaGap }) {
  const { say } = useWords()
  return (
    <Link to={`/rota?station=${encodeURIComponent(gap.station)}`} className={styles['link']} data-gap-now={gap.station}>
      {say(gap.isAbsence ? 'rota.absent' : 'rota.now')}
    </Link>
  )
}
