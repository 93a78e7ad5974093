import type { TwinRow } from '@harbor/protocol'
import { Link } from 'react-router'
import { Age } from '../../time/age.tsx'
import { localName, useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { Mark } from '../mark.tsx'
import { STATE_TONES, problemTone } from './twin-words.ts'

/** One gateway of the list. */
export function TwinRowView({ row }: { row: TwinRow }) {
  const { say, language } = useWords()
  const { gateway, state, heardAt, profile, software, outboxDepth, tags, rollout } = row
  const tone = STATE_TONES[state]
  return (
    <li className={`card ${styles['row']}`} data-gateway={gateway} data-state={state} data-tone={tone}>
      <p className={styles['line']}>
        <Link to={`/fleet/gateways/${gateway}`} className={styles['link']}>
          <b>{localName(language, { nameZh: row.stationNameZh, nameEn: row.stationNameEn })}</b>
        </Link>
        <span className="quiet">{gateway}</span>
        <Mark tone={tone}>{say(`fleet.state.${state}`)}</Mark>
        <Problems row={row} />
      </p>
      <p className={`${styles['line']} quiet`}>
        <Versions row={row} />
        {profile !== undefined && (
          <span>
            {profile.profile} {say('fleet.version', { version: profile.version })}
          </span>
        )}
        {software !== undefined && <span>{software}</span>}
        {outboxDepth !== undefined && outboxDepth > 0 && <span>{say('fleet.waiting', { count: outboxDepth })}</span>}
        <span>
          {heardAt === undefined ? say('fleet.neverHeard') : say('fleet.heard')}{' '}
          {heardAt !== undefined && <Age at={heardAt} />}
        </span>
        {tags.map(tag => (
          <span key={tag}>#{tag}</span>
        ))}
        {rollout !== undefined && <Link to={`/fleet/rollouts/${rollout}`}>{say('fleet.inRollout')}</Link>}
      </p>
    </li>
  )
}

/** The config that it is to run, and the one that it runs where that is another. */
function Versions({ row: { desiredVersion, appliedVersion } }: { row: TwinRow }) {
  const { say } = useWords()
  if (desiredVersion === undefined) return <span>{say('fleet.noConfig')}</span>
  if (appliedVersion === desiredVersion) return <span>{say('fleet.runs', { version: desiredVersion })}</span>
  return (
    <b>
      {appliedVersion === undefined
        ? say('fleet.toRun', { version: desiredVersion })
        : say('fleet.runsNotYet', { version: desiredVersion, applied: appliedVersion })}
    </b>
  )
}

/** What is wrong with it, each in a word. */
export function Problems({ row: { problems, missing, unknown } }: { row: TwinRow }) {
  const { say } = useWords()
  return problems.map(problem => (
    <Mark key={problem} tone={problemTone(problem)}>
      {problem === 'devices_missing'
        ? say('fleet.missing', { count: missing })
        : problem === 'devices_unknown'
          ? say('fleet.unknown', { count: unknown })
          : say(`fleet.problem.${problem}`)}
    </Mark>
  ))
}
