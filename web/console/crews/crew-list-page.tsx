import type { Crew, Person, Role } from '@harbor/protocol'
import { Button, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { useSession } from '../session/use-session.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { useStations } from '../stations/use-stations.ts'
import styles from '../work-orders/orders.module.css'
import { localName, useWords } from '../words/words.tsx'
import { CrewForm } from './crew-form.tsx'
import { useCrewAct, useCrews } from './use-crews.ts'

/** Who sets crews up, as the server has it. */
const MAY_SET: readonly Role[] = ['manager', 'administrator']

interface District {
  code: string
  name: string
}

/** Who repairs what, where and when. */
export function CrewListPage() {
  const { say } = useWords()
  const person = useSession().data ?? undefined
  const list = useCrews()
  const crews = list.data?.crews
  const districts = useOwnDistricts(person)
  const maySet = person !== undefined && MAY_SET.includes(person.role)
  return (
    <Page title={say('crew.title')}>
      <Link to="/work-orders" className={styles['link']}>
        <BackIcon /> {say('order.title')}
      </Link>
      {maySet && districts.length > 0 && <NewCrew districts={districts} />}
      {crews === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {crews === undefined && !list.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={160} radius="md" />
        </div>
      )}
      {crews?.length === 0 && (
        <div className={`card ${styles['empty']}`} data-testid="no-crews">
          <h2>{say('crew.none')}</h2>
        </div>
      )}
      <ul className={styles['list']}>
        {crews?.map(crew => (
          <CrewRow key={crew.id} crew={crew} districts={districts} maySet={maySet} />
        ))}
      </ul>
    </Page>
  )
}

/** Districts of the person, or all that have a station. */
function useOwnDistricts(person: Person | undefined): District[] {
  const { language } = useWords()
  const names = new Map(
    (useStations().data?.stations ?? []).map(one => [
      one.district,
      localName(language, { nameZh: one.districtNameZh, nameEn: one.districtNameEn }),
    ]),
  )
  const own = person === undefined || person.districts.length === 0 ? [...names.keys()] : person.districts
  return own.map(code => ({ code, name: names.get(code) ?? code })).sort((a, b) => (a.code < b.code ? -1 : 1))
}

function NewCrew({ districts }: { districts: readonly District[] }) {
  const { say } = useWords()
  const [isOpen, setIsOpen] = useState(false)
  /** Counts what was made: each form is a new crew. */
  const [made, setMade] = useState(0)
  return (
    <details
      className={styles['disclosure']}
      data-new-crew
      open={isOpen}
      onToggle={event => setIsOpen(event.currentTarget.open)}
    >
      <summary>{say('crew.make')}</summary>
      <CrewForm
        key={made}
        crew={undefined}
        districts={districts}
        onSaved={() => {
          setMade(made + 1)
          setIsOpen(false)
        }}
      />
    </details>
  )
}

function CrewRow({ crew, districts, maySet }: { crew: Crew; districts: readonly District[]; maySet: boolean }) {
  const { say } = useWords()
  const nameOf = (code: string) => districts.find(one => one.code === code)?.name ?? code
  const isOwn = crew.districts.every(code => districts.some(one => one.code === code))
  const lead = crew.members.find(({ login }) => login === crew.lead)?.name ?? crew.lead
  const between = say('crew.between')
  return (
    <li className={`card ${styles['row']}`} data-crew={crew.id}>
      <h2>{crew.name}</h2>
      <p>{crew.districts.map(nameOf).join(between)}</p>
      <p>
        {crew.skills.length === 0
          ? say('crew.everything')
          : crew.skills.map(kind => say(`appliance.${kind}`)).join(between)}
      </p>
      <p>{crew.members.length === 0 ? say('crew.noMembers') : crew.members.map(({ name }) => name).join(between)}</p>
      <p className={`${styles['line']} quiet`}>
        <span>{lead === undefined ? say('crew.noLead') : say('crew.leadIs', { name: lead })}</span>
        {crew.shift !== undefined && <span>{say('crew.shiftIs', { shift: crew.shift })}</span>}
      </p>
      {maySet &&
        (isOwn ? <Change crew={crew} districts={districts} /> : <p className="quiet">{say('crew.ofOthers')}</p>)}
    </li>
  )
}

function Change({ crew, districts }: { crew: Crew; districts: readonly District[] }) {
  const { say } = useWords()
  const [isOpen, setIsOpen] = useState(false)
  const remove = useCrewAct((api, id: string) => api.remove(id), say('crew.removed'))
  return (
    <>
      <details
        className={styles['disclosure']}
        open={isOpen}
        onToggle={event => setIsOpen(event.currentTarget.open)}
        data-change={crew.id}
      >
        <summary aria-label={say('crew.editNamed', { name: crew.name })}>{say('crew.edit')}</summary>
        {/* What others change meanwhile does not take away what is being written: it begins anew when it is opened. */}
        {isOpen && <CrewForm crew={crew} districts={districts} onSaved={() => setIsOpen(false)} />}
      </details>
      <details className={styles['disclosure']} data-remove={crew.id}>
        <summary>{say('crew.remove')}</summary>
        <div className={styles['form']}>
          <p>{say('crew.removeHint')}</p>
          <Button variant="default" onClick={() => remove.isPending || remove.mutate(crew.id)}>
            {say('crew.removeNow')}
          </Button>
          {remove.isError && (
            <p role="alert" className={styles['problem']}>
              {say('crew.failed', { reason: failureText(remove.error, say) })}
            </p>
          )}
        </div>
      </details>
    </>
  )
}
