import { HOST_KINDS, NOTICE_KINDS, NOTICE_SEVERITIES, type NoticePreview } from '@harbor/protocol'
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import type { NoticeChoiceDraft } from '../api/notices-api.ts'
import { newKey } from '../checklists/draft.ts'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { RegionSelect } from '../region/region-select.tsx'
import { useRegions } from '../region/use-regions.ts'
import { failureText } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { wallTimeMs } from '../time/days.ts'
import { localName, useWords } from '../words/words.tsx'
import { AreaField } from './area-field.tsx'
import styles from './notices.module.css'
import { NOTICE_TEMPLATES } from './templates.ts'
import { useNoticeAct } from './use-notices.ts'

const EMPTY = {
  kind: 'other' as (typeof NOTICE_KINDS)[number],
  severity: 'info' as (typeof NOTICE_SEVERITIES)[number],
  titleZh: '',
  titleEn: '',
  textZh: '',
  textEn: '',
  isPublic: false,
  needsPhoto: false,
}

/** Writing an order: words, whom it goes to, the exact recipients, and only then, asked once more, out it goes. */
export function NoticeFormPage() {
  const { say, language } = useWords()
  const { api } = useConsole()
  const navigate = useNavigate()
  const [query] = useSearchParams()
  const regions = useRegions().data
  const today = useToday()
  const [words, setWords] = useState(EMPTY)
  const [region, setRegion] = useState<string>()
  const [hostKind, setHostKind] = useState('')
  const { timeZone } = useTimeStyle()
  const [deadline, setDeadline] = useState('')
  const [remindAfter, setRemindAfter] = useState('15')
  const [hours, setHours] = useState<{ openFrom: string; openUntil: string; from: string; to: string }>()
  const [preview, setPreview] = useState<NoticePreview>()
  const [isChecked, setIsChecked] = useState(false)
  // One key for this order, however often the button is pressed while the network is away.
  const [key] = useState(newKey)
  const look = useMutation({
    mutationFn: (choice: NoticeChoiceDraft) => api.notices.preview(choice),
    onSuccess: setPreview,
  })
  const issue = useNoticeAct(
    (client, draft: Parameters<typeof client.issue>[0]) => client.issue(draft),
    say('notices.form.issued'),
  )
  const missing = (text: string) => isChecked && text.trim() === '' && say('notices.form.missing')
  /** Another choice or other words: what was shown is no longer what goes out. */
  const change = <Field extends keyof typeof EMPTY>(field: Field, value: (typeof EMPTY)[Field]) => {
    setWords({ ...words, [field]: value })
    setPreview(undefined)
  }
  const choice = (): NoticeChoiceDraft => ({
    ...(region === undefined
      ? regions?.isWholeCity === true
        ? { wholeCity: true }
        : { regions: ownRegions(regions) }
      : { regions: [region] }),
    ...(hostKind !== '' && { hostKinds: HOST_KINDS.filter(kind => kind === hostKind) }),
  })
  const isComplete = [words.titleZh, words.titleEn, words.textZh, words.textEn].every(text => text.trim() !== '')
  const supersedes = query.get('instead') ?? undefined

  const showPreview = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (isComplete && !look.isPending) look.mutate(choice())
  }
  const send = () => {
    if (preview === undefined || issue.isPending) return
    issue.mutate(
      {
        key,
        ...words,
        to: choice(),
        expected: preview.count,
        remindAfterMin: Number(remindAfter),
        ...(deadline !== '' && { deadline: new Date(wallTimeMs(deadline, timeZone)).toISOString() }),
        ...(hours !== undefined && { hours }),
        ...(supersedes !== undefined && { supersedes }),
      },
      { onSuccess: notice => void navigate(`/notices/${notice.id}`) },
    )
  }
  const begin = (id: string) => {
    const template = NOTICE_TEMPLATES.find(one => one.id === id)
    setPreview(undefined)
    if (template === undefined) return
    const { kind, severity, titleZh, titleEn, textZh, textEn, isPublic, needsPhoto } = template
    setWords({ kind, severity, titleZh, titleEn, textZh, textEn, isPublic, needsPhoto })
    setHours(template.hours === undefined ? undefined : { ...template.hours, from: today, to: today })
  }
  const failed = look.error ?? issue.error
  return (
    <Page title={say('notices.form.title')}>
      <p>
        <Link to="/notices" className={styles['way']}>
          <BackIcon /> {say('notices.back')}
        </Link>
      </p>
      <form className={styles['form']} onSubmit={showPreview} noValidate>
        <NativeSelect
          name="template"
          label={say('notices.form.template')}
          data={[
            { value: '', label: say('notices.form.blank') },
            ...NOTICE_TEMPLATES.map(one => ({ value: one.id, label: localName(language, one) })),
          ]}
          onChange={event => begin(event.currentTarget.value)}
        />
        <NativeSelect
          name="severity"
          label={say('notices.form.severity')}
          data={NOTICE_SEVERITIES.map(value => ({ value, label: say(`notices.severity.${value}`) }))}
          value={words.severity}
          onChange={event =>
            change('severity', NOTICE_SEVERITIES.find(one => one === event.currentTarget.value) ?? words.severity)
          }
        />
        <NativeSelect
          name="kind"
          label={say('notices.form.kind')}
          data={NOTICE_KINDS.map(value => ({ value, label: say(`notices.kind.${value}`) }))}
          value={words.kind}
          onChange={event => change('kind', NOTICE_KINDS.find(one => one === event.currentTarget.value) ?? words.kind)}
        />
        <TextInput
          name="deadline"
          type="datetime-local"
          label={say('notices.form.deadline')}
          value={deadline}
          onChange={event => setDeadline(event.currentTarget.value)}
        />
        <TextInput
          name="title-zh"
          lang="zh-CN"
          label={say('notices.form.titleZh')}
          required
          maxLength={80}
          value={words.titleZh}
          error={missing(words.titleZh)}
          onChange={event => change('titleZh', event.currentTarget.value)}
        />
        <TextInput
          name="title-en"
          lang="en"
          label={say('notices.form.titleEn')}
          required
          maxLength={120}
          value={words.titleEn}
          error={missing(words.titleEn)}
          onChange={event => change('titleEn', event.currentTarget.value)}
        />
        <AreaField
          name="text-zh"
          lang="zh-CN"
          label={say('notices.form.textZh')}
          value={words.textZh}
          error={missing(words.textZh)}
          onText={text => change('textZh', text)}
        />
        <AreaField
          name="text-en"
          lang="en"
          label={say('notices.form.textEn')}
          value={words.textEn}
          error={missing(words.textEn)}
          onText={text => change('textEn', text)}
        />
        <RegionSelect
          regions={regions}
          region={region}
          onChoose={next => {
            setRegion(next)
            setPreview(undefined)
          }}
        />
        <NativeSelect
          name="host-kind"
          label={say('notices.form.hostKind')}
          data={[
            { value: '', label: say('notices.form.anyHost') },
            ...HOST_KINDS.map(value => ({ value, label: say(`register.host.${value}`) })),
          ]}
          value={hostKind}
          onChange={event => {
            setHostKind(event.currentTarget.value)
            setPreview(undefined)
          }}
        />
        <TextInput
          name="remind"
          type="number"
          min={1}
          max={1440}
          label={say('notices.form.remindAfter')}
          value={remindAfter}
          onChange={event => setRemindAfter(event.currentTarget.value)}
        />
        <div>
          <Checkbox
            className={styles['check'] ?? ''}
            label={say('notices.form.isPublic')}
            checked={words.isPublic}
            onChange={event => change('isPublic', event.currentTarget.checked)}
          />
          <Checkbox
            className={styles['check'] ?? ''}
            label={say('notices.form.needsPhoto')}
            checked={words.needsPhoto}
            onChange={event => change('needsPhoto', event.currentTarget.checked)}
          />
          <Checkbox
            className={styles['check'] ?? ''}
            name="hours"
            label={say('notices.form.hours')}
            checked={hours !== undefined}
            onChange={event =>
              setHours(
                event.currentTarget.checked
                  ? { openFrom: '08:00', openUntil: '22:00', from: today, to: today }
                  : undefined,
              )
            }
          />
        </div>
        {hours !== undefined &&
          (['openFrom', 'openUntil', 'from', 'to'] as const).map(field => (
            <TextInput
              key={field}
              name={field}
              type={field.startsWith('open') ? 'time' : 'date'}
              label={say(`notices.form.${field}`)}
              required
              value={hours[field]}
              onChange={event => setHours({ ...hours, [field]: event.currentTarget.value })}
            />
          ))}
        <Button type="submit" variant="default" className={styles['wide'] ?? ''} aria-disabled={look.isPending}>
          {say('notices.form.preview')}
        </Button>
      </form>
      {preview !== undefined && (
        <section className={`card ${styles['row']}`} data-testid="preview">
          <p>
            <strong>
              {preview.count === 0
                ? say('notices.form.nobody')
                : say('notices.form.recipients', {
                    count: preview.count,
                    stations: preview.stations.length,
                    managers: preview.managers.length,
                  })}
            </strong>
          </p>
          {preview.withoutKeeper > 0 && (
            <p className={styles['problem']}>{say('notices.form.withoutKeeper', { count: preview.withoutKeeper })}</p>
          )}
          <p className="quiet">
            {[
              ...preview.stations.slice(0, SHOWN).map(one => localName(language, one)),
              ...preview.managers.map(one => one.name),
            ].join(language === 'zh' ? '、' : ', ')}
            {preview.stations.length > SHOWN && ' …'}
          </p>
          {preview.count > 0 && (
            <>
              <p className="quiet">{say('notices.form.cannotEdit')}</p>
              <Button data-act="issue" aria-disabled={issue.isPending} onClick={send}>
                {say('notices.form.sure', { count: preview.count })}
              </Button>
            </>
          )}
        </section>
      )}
      {failed !== null && (
        <p role="alert" className={styles['problem']}>
          {say('notices.failed', { reason: failureText(failed, say) })}
        </p>
      )}
    </Page>
  )
}

/** Names in the preview: the rest is counted. */
const SHOWN = 60

/** All districts, or the streets of whoever is limited to them. */
function ownRegions(regions: ReturnType<typeof useRegions>['data']): string[] {
  return (regions?.districts ?? []).flatMap(one =>
    one.isWhole ? [one.district] : one.streets.map(({ street }) => street),
  )
}

/** The date on the stations' calendar, as `2026-07-30`. */
export function useToday(): string {
  const { clock } = useConsole()
  const { timeZone } = useTimeStyle()
  const [today] = useState(() => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(clock.now()))
  return today
}
