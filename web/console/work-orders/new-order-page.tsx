import { Button, NativeSelect, SegmentedControl, TextInput, Textarea } from '@mantine/core'
import { type Role, SEVERITIES } from '@harbor/protocol'
import { type SyntheticEvent, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { newKey } from '../offline/waiting-act.ts'
import { useSession } from '../session/use-session.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { useStation, useStations } from '../stations/use-stations.ts'
import { localName, useWords } from '../words/words.tsx'
import { orderTitle } from './order-words.ts'
import styles from './orders.module.css'
import { Proposal } from './proposal.tsx'
import { useMakeOrder, useOrders } from './use-orders.ts'

/** Who may say who does an order, as the server has it. */
const MAY_ASSIGN: readonly Role[] = ['maintainer', 'manager', 'administrator']

interface Draft {
  severity: (typeof SEVERITIES)[number]
  title: string
  note: string
  /** A login; empty: whoever is proposed. */
  assignee: string
}

/** An order of what somebody saw, for a station or an appliance of it: both stand in the address. */
export function NewOrderPage() {
  const { say, language } = useWords()
  const [query, setQuery] = useSearchParams()
  const station = query.get('station') ?? ''
  const appliance = query.get('appliance') ?? ''
  const stations = useStations()
  const there = useStation(station, station !== '')
  const kinds = there.data?.appliances ?? []
  return (
    <Page title={say('order.new.title')}>
      <Link to="/work-orders" className={styles['link']}>
        <BackIcon /> {say('order.back')}
      </Link>
      {stations.data === undefined && stations.isError && (
        <Failure error={stations.error} retry={() => void stations.refetch()} />
      )}
      <div className={`card ${styles['part']}`}>
        <NativeSelect
          name="station"
          label={say('order.new.station')}
          data={[
            { value: '', label: say('order.new.chooseStation') },
            ...(stations.data?.stations ?? []).map(one => ({ value: one.id, label: localName(language, one) })),
          ]}
          value={station}
          onChange={event => {
            const { value } = event.currentTarget
            setQuery(value === '' ? {} : { station: value }, { replace: true })
          }}
        />
        {station !== '' && (
          <>
            <NativeSelect
              name="appliance"
              label={say('order.new.appliance')}
              data={[
                { value: '', label: say('order.new.noAppliance') },
                ...kinds.map(({ id, kind, model }) => ({
                  value: id,
                  label: [say(`appliance.${kind}`), model, id].filter(Boolean).join(' '),
                })),
              ]}
              value={appliance}
              onChange={event => {
                const { value } = event.currentTarget
                setQuery(value === '' ? { station } : { station, appliance: value }, { replace: true })
              }}
            />
            {/* What is written stays when the appliance was the wrong one. */}
            <OrderForm key={station} station={station} appliance={appliance === '' ? undefined : appliance} />
          </>
        )}
      </div>
    </Page>
  )
}

function OrderForm({ station, appliance }: { station: string; appliance: string | undefined }) {
  const { say } = useWords()
  const navigate = useNavigate()
  const role = useSession().data?.role
  const make = useMakeOrder()
  const [draft, setDraft] = useState<Draft>({ severity: 'P2', title: '', note: '', assignee: '' })
  const [isMissing, setIsMissing] = useState(false)
  const [sent, setSent] = useState({ wanted: '', key: '' })
  const title = draft.title.trim()
  const note = draft.note.trim()
  const { severity, assignee } = draft
  const wanted = JSON.stringify({
    station,
    severity,
    title,
    ...(appliance !== undefined && { appliance }),
    ...(note !== '' && { note }),
    ...(assignee !== '' && { assignee }),
  })
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsMissing(title === '')
    if (title === '' || make.isPending) return
    // The same order keeps its key, however often it is sent; another has another.
    const key = sent.wanted === wanted ? sent.key : newKey()
    setSent({ wanted, key })
    const request = { ...(JSON.parse(wanted) as Parameters<typeof make.mutate>[0]), key }
    make.mutate(request, { onSuccess: ({ id }) => void navigate(`/work-orders/${id}`, { replace: true }) })
  }
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change })
  return (
    <form className={styles['next']} onSubmit={submit} noValidate data-form="order">
      {appliance !== undefined && <OpenOrder appliance={appliance} />}
      <SegmentedControl
        aria-label={say('order.new.severity')}
        data={SEVERITIES.map(value => ({ value, label: value }))}
        value={severity}
        onChange={value => set({ severity: SEVERITIES.find(one => one === value) ?? severity })}
      />
      <p className="quiet">{say(`severity.${severity}`)}</p>
      <TextInput
        name="title"
        label={say('order.new.what')}
        required
        maxLength={120}
        value={draft.title}
        error={isMissing && title === '' && say('order.new.missing')}
        onChange={event => set({ title: event.currentTarget.value })}
      />
      <Textarea
        name="note"
        label={say('order.new.note')}
        maxLength={500}
        rows={3}
        value={draft.note}
        onChange={event => set({ note: event.currentTarget.value })}
      />
      <Proposal
        place={{ station, appliance }}
        chosen={assignee}
        onChoose={role !== undefined && MAY_ASSIGN.includes(role) ? login => set({ assignee: login }) : undefined}
      />
      {make.isError && (
        <>
          <p role="alert" className={styles['problem']}>
            {say('order.failed', { reason: failureText(make.error, say) })}
          </p>
          <p className="quiet">{say('order.new.safe')}</p>
        </>
      )}
      <Button type="submit" aria-disabled={make.isPending}>
        {say('order.new.make')}
      </Button>
    </form>
  )
}

/** An appliance has one order at a time: whoever would make another is led to it. */
function OpenOrder({ appliance }: { appliance: string }) {
  const { say, language } = useWords()
  const query = { choice: 'open', sort: 'newest', isMine: false, isOverdue: false, severities: [], limit: 1 } as const
  const order = useOrders({ ...query, appliance }).data?.orders[0]
  if (order === undefined || order.appliance !== appliance) return null
  return (
    <p className={styles['conflict']} data-testid="open-order">
      {say('order.new.isOpen')} <Link to={`/work-orders/${order.id}`}>{orderTitle(order, language)}</Link>
    </p>
  )
}
