import { Button } from '@mantine/core'
import type { AlertView, Maintenance, Role } from '@harbor/protocol'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import styles from './alert-page.module.css'
import { QuietForm } from './quiet-form.tsx'
import { useMaintain, useMaintenance, useSilence } from './use-alerts.ts'

/** As the server allows it: a keeper acknowledges, and keeps nobody from being told. */
const MAY_QUIETEN: readonly Role[] = ['maintainer', 'manager', 'hardware', 'administrator']

/** What a person can do about an alert beside taking it in hand. */
export function AlertActions({ alert }: { alert: AlertView }) {
  const { say } = useWords()
  const role = useSession().data?.role
  const mayQuieten = role !== undefined && MAY_QUIETEN.includes(role)
  if (!mayQuieten && alert.silence === undefined) return <p className="quiet">{say('alertPage.nothingMore')}</p>
  return (
    <div className={styles['actions']}>
      <Silence alert={alert} mayQuieten={mayQuieten} />
      <InMaintenance alert={alert} mayQuieten={mayQuieten} />
    </div>
  )
}

interface ActionProps {
  alert: AlertView
  mayQuieten: boolean
}

function Silence({ alert, mayQuieten }: ActionProps) {
  const { say } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  const announce = useAnnounce()
  const change = useSilence(alert)
  const { silence } = alert
  const timeOf = (ms: number) => clockText(ms, nowMs, style)
  if (silence !== undefined && Date.parse(silence.until) > nowMs) {
    const time = timeOf(Date.parse(silence.until))
    const { by: name = '', reason = '' } = silence
    return (
      <div className={styles['fact']} data-part="silenced">
        <p>{say(silence.isFlapping ? 'alertPage.flappingUntil' : 'alertPage.silencedBy', { name, time, reason })}</p>
        {mayQuieten && (
          <Button
            variant="default"
            aria-disabled={change.isPending}
            onClick={() =>
              change.isPending || change.mutate(undefined, { onSuccess: () => announce(say('alertPage.unsilenced')) })
            }
          >
            {say('alertPage.unsilence')}
          </Button>
        )}
      </div>
    )
  }
  if (!mayQuieten || alert.state === 'resolved') return null
  return (
    <QuietForm
      name="silence"
      title={say('alertPage.silence')}
      intro={say('alertPage.silenceIntro')}
      submit={say('alertPage.silenceSubmit')}
      isPending={change.isPending}
      error={change.error}
      onSubmit={(untilMs, reason) =>
        change.mutate(
          { until: new Date(untilMs).toISOString(), reason },
          { onSuccess: () => announce(say('alertPage.silenced', { time: timeOf(untilMs) })) },
        )
      }
    />
  )
}

function InMaintenance({ alert, mayQuieten }: ActionProps) {
  const { say } = useWords()
  const { clock } = useConsole()
  const style = useTimeStyle()
  const nowMs = useNow()
  const announce = useAnnounce()
  const windows = useMaintenance(alert.station).data?.windows ?? []
  const change = useMaintain(alert.station)
  const timeOf = (ms: number) => clockText(ms, nowMs, style)
  const running = windows.find(one => isRunning(one, nowMs) && (one.appliance ?? alert.appliance) === alert.appliance)
  if (running !== undefined) {
    const { to, reason, createdBy: name } = running
    return (
      <div className={styles['fact']} data-part="maintenance">
        <p>{say('alertPage.maintaining', { time: timeOf(Date.parse(to)), reason, name })}</p>
        {mayQuieten && (
          <Button
            variant="default"
            aria-disabled={change.isPending}
            onClick={() =>
              change.isPending ||
              change.mutate(running.id, { onSuccess: () => announce(say('alertPage.maintenanceEnded')) })
            }
          >
            {say('alertPage.endMaintenance')}
          </Button>
        )}
      </div>
    )
  }
  if (!mayQuieten) return null
  const { appliance, applianceKind, station } = alert
  const what =
    applianceKind === undefined
      ? say('alertPage.maintainStation')
      : say('alertPage.maintainAppliance', { appliance: say(`appliance.${applianceKind}`) })
  return (
    <QuietForm
      name="maintenance"
      title={say('alertPage.maintain')}
      intro={say('alertPage.maintainIntro')}
      submit={say('alertPage.maintainSubmit')}
      isPending={change.isPending}
      error={change.error}
      onSubmit={(untilMs, reason) =>
        change.mutate(
          {
            station,
            ...(appliance === undefined ? {} : { appliance }),
            from: new Date(clock.now()).toISOString(),
            to: new Date(untilMs).toISOString(),
            reason,
          },
          { onSuccess: () => announce(say('alertPage.maintained', { time: timeOf(untilMs) })) },
        )
      }
    >
      <p>
        <strong>{what}</strong>
      </p>
    </QuietForm>
  )
}

/** A window that has just been opened may begin a moment ahead of this page's clock. */
function isRunning({ from, to, endedAt }: Maintenance, nowMs: number): boolean {
  return endedAt === undefined && Date.parse(from) <= nowMs + 10_000 && Date.parse(to) > nowMs
}
