import { ROLLOUT_GATEWAY_STATES, type RolloutGatewayState, type RolloutStage, type RolloutView } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import type { RolloutAct } from '../../api/fleet-rollouts-api.ts'
import { KeptFrom } from '../../offline/kept-from.tsx'
import { Failure } from '../../shell/failure.tsx'
import { BackIcon } from '../../shell/icons.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Column, Part, Parts } from '../../shell/part.tsx'
import { durationText } from '../../time/format.ts'
import { useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { FLEET_LIVE, useFleet, useFleetAct } from '../use-fleet.ts'
import { RolloutEvents } from './rollout-events.tsx'
import { RolloutGateways } from './rollout-gateways.tsx'
import { RolloutMark } from './rollout-list-page.tsx'
import { RolloutProgress } from './rollout-progress.tsx'
import { useTargetText } from './target-text.ts'

/** Asked again by itself beside the live events. */
const REFETCH_MS = 5_000

/** One rollout, live: its stages, its gateways, its exact record, and what may be done to it. */
export function RolloutPage() {
  const { rollout = '' } = useParams()
  const { say } = useWords()
  const view = useFleet({
    key: [FLEET_LIVE, 'rollout', rollout],
    ask: (api, signal) => api.rollouts.view(rollout, signal),
    everyMs: REFETCH_MS,
  })
  return (
    <Page title={view.data?.name ?? say('rollout.title')}>
      <Link to="/fleet/rollouts" className={styles['link']}>
        <BackIcon /> {say('rollout.title')}
      </Link>
      {view.data !== undefined && view.isError && <KeptFrom atMs={view.dataUpdatedAt} />}
      {view.data === undefined && view.isError && <Failure error={view.error} retry={() => void view.refetch()} />}
      {view.data === undefined && !view.isError && <LoadingRows />}
      {view.data !== undefined && <Loaded view={view.data} />}
    </Page>
  )
}

function Loaded({ view }: { view: RolloutView }) {
  const { say } = useWords()
  const targetText = useTargetText()
  return (
    <>
      <p className={styles['line']}>
        <RolloutMark state={view.state} />
        <span>{targetText(view.target)}</span>
        {view.stoppedBy !== undefined && <b>{say(`rollout.stopped.${view.stoppedBy}`)}</b>}
      </p>
      <RolloutProgress rollout={view} />
      <Acts view={view} />
      <Parts>
        <Column>
          <Stages view={view} />
          <RolloutGateways rollout={view.rollout} />
        </Column>
        <Column>
          <Limits view={view} />
          <RolloutEvents rollout={view.rollout} />
        </Column>
      </Parts>
    </>
  )
}

const ACTS: Readonly<Record<RolloutView['state'], readonly RolloutAct[]>> = {
  ready: ['start', 'abort'],
  running: ['pause', 'abort'],
  paused: ['resume', 'abort'],
  rolling_back: [],
  done: [],
  rolled_back: [],
}

/** What its state allows. To abort takes a second press: it changes back what was changed. */
function Acts({ view: { rollout, state } }: { view: RolloutView }) {
  const { say } = useWords()
  const [isAsked, setIsAsked] = useState(false)
  const run = useFleetAct((api, act: RolloutAct) => api.rollouts.act(rollout, act))
  const acts = ACTS[state]
  const press = (act: RolloutAct) => {
    setIsAsked(false)
    if (!run.isPending) run.mutate(act)
  }
  if (acts.length === 0) return null
  return (
    <div className={styles['stack']}>
      <div className={styles['actions']}>
        {acts.map(act => (
          <Button
            key={act}
            variant={act === 'abort' ? 'default' : 'filled'}
            data-act={act}
            aria-disabled={run.isPending}
            onClick={() => (act === 'abort' ? setIsAsked(true) : press(act))}
          >
            {say(`rollout.act.${act}`)}
          </Button>
        ))}
      </div>
      {isAsked && (
        <div className={styles['warning']} role="group" aria-label={say('rollout.reallyAbort')}>
          <p>{say('rollout.reallyAbort')}</p>
          <div className={styles['actions']}>
            <Button color="red.9" data-act="confirm-abort" onClick={() => press('abort')}>
              {say('rollout.act.abort')}
            </Button>
            <Button variant="default" onClick={() => setIsAsked(false)}>
              {say('rollout.goOn')}
            </Button>
          </div>
        </div>
      )}
      {run.isError && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: fleetFailureText(run.error, say) })}
        </p>
      )}
    </div>
  )
}

function Stages({ view: { stages, stage: current, state } }: { view: RolloutView }) {
  const { say } = useWords()
  return (
    <Part name="stages" title={say('rollout.stages')}>
      <ol className={styles['list']}>
        {stages.map(({ stage, gateways, counts }, index) => {
          const isNow = index === current && (state === 'running' || state === 'paused')
          return (
            // Stages never change their order.
            // oxlint-disable-next-line no-array-index-key
            <li key={index} data-stage={index} data-now={isNow}>
              <p className={styles['line']}>
                <b>
                  {index + 1}. <StageText stage={stage} />
                </b>
                <span>{say('rollout.gateways', { count: gateways })}</span>
                {isNow && <b>{say('rollout.now')}</b>}
              </p>
              <Counts counts={counts} />
              <progress
                className={styles['progress']}
                value={counts.well}
                max={Math.max(1, gateways)}
                aria-label={say('rollout.progress', { count: gateways, well: counts.well })}
              />
            </li>
          )
        })}
      </ol>
    </Part>
  )
}

/** A stage in words; absent: all that no stage before took. */
export function StageText({ stage }: { stage: RolloutStage | undefined }) {
  const { say } = useWords()
  if (stage === undefined) return say('rollout.stage.rest')
  switch (stage.by) {
    case 'count':
      return say('rollout.stage.count', { count: stage.count })
    case 'percent':
      return say('rollout.stage.percent', { percent: stage.percent })
    case 'regions':
      return stage.regions.join(', ')
    case 'tags':
      return stage.tags.map(tag => `#${tag}`).join(' ')
  }
}

function Counts({ counts }: { counts: Readonly<Record<RolloutGatewayState, number>> }) {
  const { say } = useWords()
  return (
    <p className={`${styles['line']} quiet`}>
      {ROLLOUT_GATEWAY_STATES.filter(state => counts[state] > 0).map(state => (
        <span key={state} data-count={state}>
          {say(`rollout.gatewayState.${state}`)}: {counts[state]}
        </span>
      ))}
    </p>
  )
}

function Limits({ view: { health, maxFailures, mayLose } }: { view: RolloutView }) {
  const { say, locale } = useWords()
  const rows = [
    [say('rollout.field.steady'), durationText(health.steadyMs, locale)],
    [say('rollout.field.settle'), durationText(health.settleMs, locale)],
    [say('rollout.field.offline'), durationText(health.offlineMs, locale)],
    [say('rollout.field.maxFailures'), String(maxFailures)],
    [say('rollout.field.mayLose'), say(mayLose ? 'profile.yes' : 'profile.no')],
  ]
  return (
    <Part name="limits" title={say('rollout.limits')}>
      <dl className={styles['facts']}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Part>
  )
}
