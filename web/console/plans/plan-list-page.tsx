import type { Plan, Role } from '@harbor/protocol'
import { Button, Skeleton } from '@mantine/core'
import { Link } from 'react-router'
import { useRules } from '../alerts/use-rules.ts'
import { useSession } from '../session/use-session.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { useStations } from '../stations/use-stations.ts'
import styles from '../work-orders/orders.module.css'
import { localName, useWords } from '../words/words.tsx'
import { PlanForm } from './plan-form.tsx'
import { useChangePlan, usePlans } from './use-plans.ts'

/** Who makes plans, as the server has it. */
const PLANS: readonly Role[] = ['manager', 'administrator']

/** Work that is done before something breaks: for what, when next, and what came of it. */
export function PlanListPage() {
  const { say } = useWords()
  const role = useSession().data?.role
  const list = usePlans()
  const plans = list.data?.plans
  return (
    <Page title={say('plans.title')}>
      <p>
        <Link to="/assets" className={styles['link']}>
          <BackIcon /> {say('assets.title')}
        </Link>
      </p>
      {role !== undefined && PLANS.includes(role) && <PlanForm />}
      {plans === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {plans === undefined && !list.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={160} radius="md" />
        </div>
      )}
      {plans?.length === 0 && (
        <div className={`card ${styles['empty']}`} data-testid="no-plans">
          <h2>{say('plans.none')}</h2>
        </div>
      )}
      <ul className={styles['list']}>
        {plans?.map(plan => (
          <PlanRow key={plan.id} plan={plan} />
        ))}
      </ul>
    </Page>
  )
}

function PlanRow({ plan }: { plan: Plan }) {
  const { say, language } = useWords()
  const rules = useRules()
  const change = useChangePlan(plan.id)
  const { target, schedule, pausedAt } = plan
  const press = (act: 'pause' | 'resume' | 'end') => {
    if (!change.isPending) change.mutate(act)
  }
  const rule = schedule.by === 'condition' ? rules.get(schedule.rule) : undefined
  return (
    <li className={`card ${styles['row']}`} data-plan={plan.id} data-paused={pausedAt !== undefined || undefined}>
      <h2>{plan.title}</h2>
      <p className={styles['line']}>
        <span>
          {'appliance' in target ? target.appliance : say(`appliance.${target.kind}`)}
          {'kind' in target && target.model !== undefined && ` ${target.model}`}
        </span>
        {'kind' in target && <Where target={target} />}
        <span className="quiet">{say('plans.targets', { count: plan.targets })}</span>
      </p>
      {plan.note !== undefined && <p>{plan.note}</p>}
      <p className={styles['line']}>
        {schedule.by === 'calendar' && (
          <>
            {plan.nextDue !== undefined && <b data-testid="next-due">{say('plans.nextDue', { date: plan.nextDue })}</b>}
            <span className="quiet">{schedule.rrule}</span>
            {schedule.leadDays > 0 && <span className="quiet">{say('plans.lead', { count: schedule.leadDays })}</span>}
          </>
        )}
        {schedule.by === 'usage' && <span>{say(`plans.everyOf.${schedule.meter}`, { every: schedule.every })}</span>}
        {schedule.by === 'condition' && (
          <span>
            {say('plans.whenAlert', { rule: rule === undefined ? schedule.rule : localName(language, rule) })}
          </span>
        )}
      </p>
      {schedule.by === 'usage' && <Nearest plan={plan} every={schedule.every} />}
      <p className="quiet">{say('plans.orders', { open: plan.openOrders, made: plan.madeOrders })}</p>
      {pausedAt !== undefined && <p>{say('plans.paused')}</p>}
      {plan.mayChange && (
        <div className={styles['line']}>
          <Button
            variant="default"
            data-act={pausedAt === undefined ? 'pause' : 'resume'}
            onClick={() => press(pausedAt === undefined ? 'pause' : 'resume')}
          >
            {say(pausedAt === undefined ? 'plans.pause' : 'plans.resume')}
          </Button>
          <details className={styles['disclosure']}>
            <summary>{say('plans.end')}</summary>
            <div className={styles['form']}>
              <p>{say('plans.endHint')}</p>
              <Button variant="default" data-act="end" onClick={() => press('end')}>
                {say('plans.endNow')}
              </Button>
            </div>
          </details>
        </div>
      )}
      {change.isError && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: failureText(change.error, say) })}
        </p>
      )}
    </li>
  )
}

/** Where a plan of a kind is for; nothing: everywhere. */
function Where({ target: { district, station } }: { target: Exclude<Plan['target'], { appliance: string }> }) {
  const { language } = useWords()
  const stations = useStations().data?.stations ?? []
  if (station !== undefined) {
    const one = stations.find(({ id }) => id === station)
    return (
      <Link to={`/stations/${station}`} className={styles['link']} data-testid="where">
        {one === undefined ? station : localName(language, one)}
      </Link>
    )
  }
  if (district === undefined) return null
  const one = stations.find(known => known.district === district)
  return (
    <span data-testid="where">
      {one === undefined ? district : localName(language, { nameZh: one.districtNameZh, nameEn: one.districtNameEn })}
    </span>
  )
}

function Nearest({ plan, every }: { plan: Plan; every: number }) {
  const { language, say } = useWords()
  return (
    <ul aria-label={say('plans.nearest')}>
      {plan.nearest?.map(({ appliance, assetTag, stationNameZh, stationNameEn, used }) => (
        <li key={appliance} className={styles['line']}>
          <Link to={`/assets/${encodeURIComponent(assetTag)}`} className={styles['link']}>
            {language === 'zh' ? stationNameZh : stationNameEn} {assetTag}
          </Link>
          <span className="quiet">
            {used} / {every}
          </span>
        </li>
      ))}
    </ul>
  )
}
