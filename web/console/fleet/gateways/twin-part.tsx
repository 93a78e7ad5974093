import type { TwinView } from '@harbor/protocol'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Part } from '../../shell/part.tsx'
import { Age } from '../../time/age.tsx'
import { durationText } from '../../time/format.ts'
import { useWords } from '../../words/words.tsx'
import { actorName } from '../actor-name.ts'
import styles from '../fleet.module.css'
import { Mark } from '../mark.tsx'
import { Problems } from './twin-row.tsx'
import { STATE_TONES } from './twin-words.ts'

/** What the gateway is to be beside what it says it is. */
export function TwinPart({ twin }: { twin: TwinView }) {
  const { say, locale } = useWords()
  const { state, desiredVersion, appliedVersion, desiredSha256, reportedSha256, refusal } = twin
  const isSame = desiredVersion !== undefined && desiredVersion === appliedVersion
  return (
    <Part name="twin" title={say('fleet.twin')}>
      <p className={styles['line']}>
        <span data-testid="twin-state" data-state={state}>
          <Mark tone={STATE_TONES[state]}>{say(`fleet.state.${state}`)}</Mark>
        </span>
        <Problems row={twin} />
      </p>
      {refusal !== undefined && (
        <p role="alert" className={styles['problem']}>
          {say('fleet.refused', { reason: refusal })}
        </p>
      )}
      <table className={styles['changes']}>
        <thead>
          <tr>
            <th scope="col">{say('fleet.fact.what')}</th>
            <th scope="col">{say('fleet.desired')}</th>
            <th scope="col">{say('fleet.reported')}</th>
          </tr>
        </thead>
        <tbody>
          <Row name={say('fleet.fact.config')} isSame={isSame}>
            {versionText(desiredVersion, say('fleet.noConfig'))}
            {versionText(appliedVersion, say('fleet.notSaid'))}
          </Row>
          {(desiredSha256 !== undefined || reportedSha256 !== undefined) && (
            <Row name={say('fleet.fact.content')} isSame={desiredSha256 === reportedSha256}>
              <Hash of={desiredSha256} />
              <Hash of={reportedSha256} />
            </Row>
          )}
          <Row
            name={say('fleet.fact.software')}
            isSame={twin.desiredSoftware === undefined || twin.desiredSoftware === twin.software}
          >
            {twin.desiredSoftware ?? say('fleet.anySoftware')}
            {twin.software ?? say('fleet.notSaid')}
          </Row>
        </tbody>
      </table>
      <dl className={styles['facts']}>
        <Fact name={say('fleet.fact.contact')}>
          {say(twin.online ? 'fleet.online' : 'fleet.offline')}
          {twin.heardAt !== undefined && (
            <>
              {' · '}
              <Age at={twin.heardAt} />
            </>
          )}
        </Fact>
        {twin.desiredAt !== undefined && (
          <Fact name={say('fleet.fact.issued')}>
            {actorName(twin.desiredBy ?? '', say)} · <Age at={twin.desiredAt} />
          </Fact>
        )}
        {twin.profile !== undefined && (
          <Fact name={say('fleet.fact.profile')}>
            <Link to={`/fleet/profiles/${twin.profile.profile}`}>{twin.profile.profile}</Link>{' '}
            {say('fleet.version', { version: twin.profile.version })}
          </Fact>
        )}
        {twin.outboxDepth !== undefined && (
          <Fact name={say('fleet.fact.outbox')}>
            {say('fleet.waiting', { count: twin.outboxDepth })}
            {twin.outboxDepth > 0 &&
              twin.outboxOldestMs !== undefined &&
              ` · ${say('fleet.oldest', { age: durationText(twin.outboxOldestMs, locale) })}`}
          </Fact>
        )}
        {twin.clockOffsetMs !== undefined && (
          <Fact name={say('fleet.fact.clock')}>
            {new Intl.NumberFormat(locale, { signDisplay: 'exceptZero', maximumFractionDigits: 1 }).format(
              twin.clockOffsetMs / 1_000,
            )}{' '}
            s
          </Fact>
        )}
        {twin.uptimeMs !== undefined && (
          <Fact name={say('fleet.fact.uptime')}>{durationText(twin.uptimeMs, locale)}</Fact>
        )}
        {twin.power !== undefined && <Fact name={say('fleet.fact.power')}>{say(`fleet.power.${twin.power}`)}</Fact>}
        {twin.claimedAt !== undefined && (
          <Fact name={say('fleet.fact.claimed')}>
            <Age at={twin.claimedAt} />
          </Fact>
        )}
        {twin.rollout !== undefined && (
          <Fact name={say('fleet.fact.rollout')}>
            <Link to={`/fleet/rollouts/${twin.rollout}`}>{say('fleet.inRollout')}</Link>
          </Fact>
        )}
      </dl>
    </Part>
  )

  function versionText(version: number | undefined, otherwise: string) {
    return <span>{version === undefined ? otherwise : say('fleet.version', { version })}</span>
  }
}

interface RowProps {
  name: string
  isSame: boolean
  children: [desired: ReactNode, reported: ReactNode]
}

function Row({ name, isSame, children: [desired, reported] }: RowProps) {
  return (
    <tr data-same={isSame}>
      <th scope="row">{name}</th>
      <td>{desired}</td>
      <td>{isSame ? reported : <b>{reported}</b>}</td>
    </tr>
  )
}

function Hash({ of }: { of: string | undefined }) {
  return of === undefined ? '–' : <code title={of}>{of.slice(0, 8)}</code>
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
