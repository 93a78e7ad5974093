import { NativeSelect } from '@mantine/core'
import { Failure } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import { reasonText } from './order-words.ts'
import { useCandidatesAt } from './use-orders.ts'

interface ProposalProps {
  place: { station: string; appliance: string | undefined }
  /** A login; empty: whoever is proposed. */
  chosen: string
  /** Undefined: the reader may choose nobody. */
  onChoose: ((login: string) => void) | undefined
}

/** Who would be given an order, and why, before it is made; somebody else can be chosen. */
export function Proposal({ place, chosen, onChoose }: ProposalProps) {
  const { say, locale } = useWords()
  const found = useCandidatesAt(place.station, place.appliance)
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />
  if (found.data === undefined) return <p className="quiet">{say('loading')}</p>
  const { people } = found.data
  const best = people.find(({ excluded }) => excluded === undefined)
  const one = chosen === '' ? best : people.find(({ login }) => login === chosen)
  const reasons = one && reasonText(one.because, { say, locale })
  const proposal =
    best === undefined
      ? say('order.new.nobody')
      : say('order.new.proposed', { name: best.name, reasons: reasonText(best.because, { say, locale }) })
  if (onChoose === undefined || people.length === 0) return <p data-testid="proposal">{proposal}</p>
  return (
    <>
      <p data-testid="proposal">{proposal}</p>
      <NativeSelect
        name="assignee"
        label={say('order.new.who')}
        description={chosen !== '' && reasons !== undefined && say('order.new.because', { reasons })}
        data={[
          {
            value: '',
            label: best === undefined ? say('order.new.notProposed') : say('order.new.byProposal', { name: best.name }),
          },
          ...people.map(({ login, name, excluded }) => ({
            value: login,
            label: excluded === undefined ? name : `${name} (${say(`order.excluded.${excluded}`)})`,
          })),
        ]}
        value={chosen}
        onChange={event => onChoose(event.currentTarget.value)}
      />
    </>
  )
}
