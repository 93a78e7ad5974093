import { Button, NativeSelect } from '@mantine/core'
import type { WorkOrderCandidates, WorkOrderDetail } from '@harbor/protocol'
import { type SyntheticEvent, useState } from 'react'
import { Failure, failureText } from '../shell/failure.tsx'
import { useAnnounce } from '../shell/announcer.tsx'
import { useWords } from '../words/words.tsx'
import { reasonText } from '../work-orders/order-words.ts'
import { useAct, useCandidates, useOrder } from '../work-orders/use-orders.ts'
import styles from './inbox.module.css'

type Candidate = WorkOrderCandidates['people'][number]

/** Gives an order to somebody else, or to a crew: to whoever of it fits best now. The note of it is in the order's history. */
export function HandOver({ order, title }: { order: string; title: string }) {
  const { say } = useWords()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details
      className={styles['quieten']}
      data-hand-over={order}
      onToggle={event => setIsOpen(event.currentTarget.open)}
    >
      <summary>{say('inbox.handOver', { title })}</summary>
      {isOpen && <Opened order={order} />}
    </details>
  )
}

function Opened({ order: id }: { order: string }) {
  const { say } = useWords()
  const order = useOrder(id)
  if (order.isError) return <Failure error={order.error} retry={() => void order.refetch()} />
  if (order.data === undefined) return <p className="quiet">{say('loading')}</p>
  if (!order.data.may.includes('assign')) return <p className="quiet">{say('failure.forbidden')}</p>
  return <HandOverForm order={order.data} />
}

function HandOverForm({ order }: { order: WorkOrderDetail }) {
  const { say, locale } = useWords()
  const announce = useAnnounce()
  const found = useCandidates(order.id, true)
  const act = useAct(order)
  const [chosen, setChosen] = useState('')
  const people = found.data?.people.filter(({ login }) => login !== order.assignee) ?? []
  const crews = bestOfCrews(people)
  const one = people.find(({ login }) => login === chosen.replace(/^crew:/, '')) ?? people[0]
  const send = (event: SyntheticEvent) => {
    event.preventDefault()
    if (one === undefined || act.isPending) return
    act.mutate(
      { act: 'assign', assignee: one.login },
      { onSuccess: () => announce(say('inbox.handedOver', { name: one.name })) },
    )
  }
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />
  if (found.data !== undefined && one === undefined) return <p className="quiet">{say('inbox.handOverNobody')}</p>
  const nameOf = ({ name, excluded }: Candidate) =>
    excluded === undefined ? name : `${name} (${say(`order.excluded.${excluded}`)})`
  return (
    <form className={styles['form']} onSubmit={send}>
      <NativeSelect
        label={say('inbox.handOverTo')}
        name="hand-over-to"
        description={one && reasonText(one.because, { say, locale })}
        data={[
          ...(crews.length === 0
            ? []
            : [
                {
                  group: say('inbox.handOverCrews'),
                  items: crews.map(person => ({
                    value: `crew:${person.login}`,
                    label: say('inbox.handOverCrew', {
                      crew: person.because.crewName ?? person.because.crew ?? '',
                      name: nameOf(person),
                    }),
                  })),
                },
              ]),
          {
            group: say('inbox.handOverPeople'),
            items: people.map(person => ({ value: person.login, label: nameOf(person) })),
          },
        ]}
        value={chosen === '' ? (one?.login ?? '') : chosen}
        onChange={event => setChosen(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" aria-disabled={act.isPending}>
        {say('inbox.handOverDo')}
      </Button>
      {act.isError && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: failureText(act.error, say) })}
        </p>
      )}
    </form>
  )
}

/** Of each crew the one who fits best: candidates come with the best first. */
function bestOfCrews(people: readonly Candidate[]): Candidate[] {
  const best = new Map<string, Candidate>()
  for (const person of people) {
    const { crew } = person.because
    if (crew !== undefined && person.excluded === undefined && !best.has(crew)) best.set(crew, person)
  }
  return [...best.values()]
}
