import type { HeatCandidate, HeatProposal } from '@harbor/protocol'
import { Button, Checkbox, NativeSelect, Skeleton, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { newKey } from '../checklists/draft.ts'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { useRegions } from '../region/use-regions.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './notices.module.css'
import { NOTICE_TEMPLATES } from './templates.ts'
import { EVERY_NOTICE, useNoticeAct } from './use-notices.ts'
import { WeatherForm } from './weather-form.tsx'

/** What the system proposes in the heat, and the person's word on it. */
export function HeatPage() {
  const { say, language } = useWords()
  const { api } = useConsole()
  const [query, setQuery] = useSearchParams()
  const districts = (useRegions().data?.districts ?? []).filter(({ isWhole, stations }) => isWhole && stations > 0)
  const district = query.get('district') ?? districts[0]?.district
  const until = query.get('until') ?? undefined
  const asked = useQuery({
    queryKey: [...EVERY_NOTICE, 'heat', district ?? '', until ?? ''],
    queryFn: ({ signal }) => api.notices.heat(district ?? '', until, signal),
    enabled: district !== undefined,
  })
  const choose = (name: string, value: string) => {
    const next = new URLSearchParams(query)
    next.set(name, value)
    setQuery(next, { replace: true })
  }
  const proposal = asked.data
  return (
    <Page title={say('notices.heatPage.title')}>
      <p>
        <Link to="/notices" className={styles['way']}>
          <BackIcon /> {say('notices.back')}
        </Link>
      </p>
      <p className="quiet">{say('notices.heatPage.intro')}</p>
      <div className={styles['form']}>
        <NativeSelect
          name="district"
          label={say('notices.heatPage.district')}
          data={districts.map(one => ({ value: one.district, label: localName(language, one) }))}
          value={district ?? ''}
          onChange={event => choose('district', event.currentTarget.value)}
        />
        <TextInput
          name="until"
          type="time"
          label={say('notices.heatPage.openUntil')}
          value={until ?? proposal?.openUntil ?? ''}
          onChange={event => event.currentTarget.value !== '' && choose('until', event.currentTarget.value)}
        />
      </div>
      {district !== undefined && <WeatherForm district={district} />}
      {proposal === undefined && asked.isError && <Failure error={asked.error} retry={() => void asked.refetch()} />}
      {proposal === undefined && asked.isPending && <Skeleton height={160} radius="md" />}
      {proposal !== undefined && (
        // Another district, or another hour: what was ticked for the one before does not carry over.
        <Proposal key={`${proposal.district} ${proposal.openUntil} ${proposal.signal ?? ''}`} proposal={proposal} />
      )}
    </Page>
  )
}

function Proposal({ proposal }: { proposal: HeatProposal }) {
  const { say, language } = useWords()
  const style = useTimeStyle()
  const now = useNow()
  const navigate = useNavigate()
  const { api } = useConsole()
  const { signal, warningTo, outdoorC, maxTodayC, openUntil, candidates } = proposal
  const [chosen, setChosen] = useState(
    () => new Set(candidates.filter(({ isProposed }) => isProposed).map(({ station }) => station)),
  )
  /** Whom the order goes to, managers of lower levels among them; undefined: not asked yet. */
  const [recipients, setRecipients] = useState<number>()
  const [key] = useState(newKey)
  const issue = useNoticeAct(
    (api, draft: Parameters<typeof api.issue>[0]) => api.issue(draft),
    say('notices.form.issued'),
  )
  const look = useMutation({
    mutationFn: (stations: string[]) => api.notices.preview({ stations }),
    onSuccess: ({ count }) => setRecipients(count),
  })
  const failed = look.error ?? issue.error
  const toggle = (station: string) => {
    const next = new Set(chosen)
    if (!next.delete(station)) next.add(station)
    setChosen(next)
    setRecipients(undefined)
  }
  const confirm = () => {
    if (chosen.size === 0 || issue.isPending || look.isPending) return
    if (recipients === undefined) return look.mutate([...chosen])
    issue.mutate(draftOf(proposal, { stations: [...chosen], expected: recipients, key }), {
      onSuccess: notice => void navigate(`/notices/${notice.id}`),
    })
  }
  return (
    <section className={styles['stack']} data-testid="proposal">
      <h2>{signal === undefined ? say('notices.heatPage.noWarning') : say(`notices.heatPage.warning.${signal}`)}</h2>
      <ul className={`quiet ${styles['facts']}`}>
        {warningTo !== undefined && (
          <li>{say('notices.heatPage.until', { at: clockText(Date.parse(warningTo), now, style) })}</li>
        )}
        {outdoorC !== undefined && <li>{say('notices.heatPage.now', { c: outdoorC.toFixed(1) })}</li>}
        {maxTodayC !== undefined && <li>{say('notices.heatPage.max', { c: maxTodayC.toFixed(1) })}</li>}
      </ul>
      <ul className={styles['list']}>
        {candidates.map(one => (
          <li key={one.station} className={styles['heat']} data-station={one.station}>
            <Checkbox
              className={styles['check'] ?? ''}
              label={localName(language, one)}
              aria-label={say('notices.heatPage.choose', { name: localName(language, one) })}
              checked={chosen.has(one.station)}
              onChange={() => toggle(one.station)}
            />
            <Reasons one={one} />
          </li>
        ))}
      </ul>
      <p className={styles['acts']}>
        <Button data-act="confirm" aria-disabled={chosen.size === 0 || issue.isPending} onClick={confirm}>
          {recipients !== undefined
            ? say('notices.heatPage.sure', { count: chosen.size, until: openUntil })
            : say('notices.heatPage.confirm')}
        </Button>
        <span>{say('notices.heatPage.chosen', { count: chosen.size })}</span>
      </p>
      {failed !== null && (
        <p role="alert" className={styles['problem']}>
          {say('notices.failed', { reason: failureText(failed, say) })}
        </p>
      )}
    </section>
  )
}

function Reasons({ one: { reasons, score, closesAtMin } }: { one: HeatCandidate }) {
  const { say } = useWords()
  return (
    <p className={styles['reasons']}>
      {[
        say('notices.heatPage.score', { score }),
        ...(closesAtMin === undefined ? [] : [say('notices.heatPage.closes', { at: clockOf(closesAtMin) })]),
        ...reasons.map(({ what, value }) => say(`notices.heatPage.reason.${what}`, { value: value ?? '' })),
      ].join(' · ')}
    </p>
  )
}

function clockOf(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`
}

/** The order that confirming issues: the words of the signal's template, with this proposal's hours and stations. */
function draftOf(
  proposal: HeatProposal,
  { stations, expected, key }: { stations: string[]; expected: number; key: string },
) {
  const { district, signal, openFrom, openUntil, from, to } = proposal
  const template = NOTICE_TEMPLATES.find(({ id }) => id === (signal === 'red' ? 'heat-red' : 'heat-orange'))
  return {
    key,
    kind: 'heat' as const,
    severity: template?.severity ?? ('important' as const),
    titleZh: `高温延时：开放至 ${openUntil}`,
    titleEn: `Heat: open until ${openUntil}`,
    textZh: `因高温，所选站点早上 ${openFrom} 前开门，开放至 ${openUntil}，午间不关门。请备足饮用水和防暑药品，检查空调。`,
    textEn: `Because of the heat, the chosen stations open by ${openFrom} and stay open until ${openUntil}, also at noon. Have enough drinking water and heat medicine, and check the air conditioner.`,
    isPublic: true,
    to: { stations },
    expected,
    hours: { openFrom, openUntil, from, to },
    ...(signal !== undefined && { untilHeatEndsIn: district }),
  }
}
