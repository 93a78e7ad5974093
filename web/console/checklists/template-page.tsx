import { Button, NativeSelect, Skeleton } from '@mantine/core'
import type { ChecklistTemplate } from '@harbor/protocol'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useTimeStyle } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { Failure } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { useWords } from '../words/words.tsx'
import orders from '../work-orders/orders.module.css'
import styles from './checklists.module.css'
import { TemplateEditor } from './template-editor.tsx'
import { TemplatePreview } from './template-preview.tsx'
import { useVersions } from './use-templates.ts'

/** Names a checklist that is not there yet in the address. */
const NEW = 'new'

/** One checklist: its versions, how each looks, and the next one being written. */
export function TemplatePage() {
  const { id = '' } = useParams()
  return <TemplateById key={id} id={id} />
}

function TemplateById({ id }: { id: string }) {
  const { say, language } = useWords()
  const navigate = useNavigate()
  const announce = useAnnounce()
  const versions = useVersions(id, id !== NEW)
  // Made once: a new checklist that is sent again after a lost answer is the same one.
  const [newId] = useState(() => `checklist-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(16)}`)
  const saved = ({ id: made, version }: ChecklistTemplate) => {
    announce(say('checklist.template.saved', { version }))
    if (id === NEW) void navigate(`/checklists/templates/${made}`, { replace: true })
  }
  const all = versions.data?.templates
  const newest = all?.[0]
  const title =
    id === NEW
      ? say('checklist.template.make')
      : newest === undefined
        ? say('checklist.template.title')
        : language === 'zh'
          ? newest.titleZh
          : newest.titleEn
  return (
    <Page title={title}>
      <Link to="/checklists/templates" className={orders['link']}>
        <BackIcon /> {say('checklist.template.title')}
      </Link>
      {id === NEW && <TemplateEditor id={newId} from={undefined} replaces={0} onSaved={saved} />}
      {id !== NEW && all === undefined && versions.isError && (
        <Failure error={versions.error} retry={() => void versions.refetch()} />
      )}
      {id !== NEW && all === undefined && !versions.isError && <Skeleton height={320} radius="md" aria-busy="true" />}
      {all !== undefined && newest !== undefined && <Versions all={all} newest={newest} onSaved={saved} />}
    </Page>
  )
}

interface VersionsProps {
  all: readonly ChecklistTemplate[]
  newest: ChecklistTemplate
  onSaved: (template: ChecklistTemplate) => void
}

function Versions({ all, newest, onSaved }: VersionsProps) {
  const { say } = useWords()
  const { locale, timeZone } = useTimeStyle()
  const mayWrite = useSession().data?.role === 'administrator'
  const [chosen, setChosen] = useState<number>()
  /** What is being changed, and the version that it replaces: it stays when others save meanwhile. */
  const [edited, setEdited] = useState<{ from: ChecklistTemplate; replaces: number }>()
  const shown = all.find(({ version }) => version === chosen) ?? newest
  const { version } = shown
  const isOvertaken = edited !== undefined && edited.replaces < newest.version
  return (
    <>
      {edited === undefined && (
        <NativeSelect
          name="version"
          label={say('checklist.template.shownVersion')}
          data={all.map(one => ({
            value: String(one.version),
            label: say('checklist.template.versionOf', {
              version: one.version,
              day: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone }).format(Date.parse(one.createdAt)),
            }),
          }))}
          value={String(version)}
          onChange={event => setChosen(Number(event.currentTarget.value))}
        />
      )}
      {shown.isRetired === true && <p>{say('checklist.template.isRetired')}</p>}
      {shown.source !== undefined && <p className="quiet">{shown.source}</p>}
      {isOvertaken && (
        <div role="alert" className={orders['conflict']} data-testid="overtaken">
          <p>{say('checklist.template.newer', { version: newest.version })}</p>
          <Button variant="default" onClick={() => setEdited({ from: newest, replaces: newest.version })}>
            {say('checklist.template.loadNewest', { version: newest.version })}
          </Button>
        </div>
      )}
      {edited !== undefined ? (
        <TemplateEditor
          key={`${edited.from.version} ${edited.replaces}`}
          id={newest.id}
          from={edited.from}
          replaces={edited.replaces}
          onSaved={template => {
            setEdited(undefined)
            setChosen(undefined)
            onSaved(template)
          }}
        />
      ) : (
        <>
          {mayWrite ? (
            <Button
              variant="default"
              data-act="edit"
              onClick={() => setEdited({ from: shown, replaces: newest.version })}
            >
              {version === newest.version
                ? say('checklist.template.edit')
                : say('checklist.template.startFrom', { version })}
            </Button>
          ) : (
            <p className="quiet">{say('checklist.template.readOnly')}</p>
          )}
          <section className={styles['list']} aria-label={say('checklist.template.preview')}>
            <h2>{say('checklist.template.preview')}</h2>
            <TemplatePreview key={version} template={shown} />
          </section>
        </>
      )}
    </>
  )
}
