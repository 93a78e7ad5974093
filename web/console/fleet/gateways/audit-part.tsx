import type { FleetAuditRow } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTimeStyle } from '../../console-context.ts'
import { Failure } from '../../shell/failure.tsx'
import { Part } from '../../shell/part.tsx'
import { exactText } from '../../time/format.ts'
import { useWords } from '../../words/words.tsx'
import { actorName } from '../actor-name.ts'
import styles from '../fleet.module.css'
import { FLEET_LIVE, FLEET_REFETCH_MS, useFleet } from '../use-fleet.ts'

/** What was done to a gateway, by whom and when: newest first. */
export function AuditPart({ gateway }: { gateway: string }) {
  const { say } = useWords()
  const [before, setBefore] = useState<number>()
  const [older, setOlder] = useState<readonly FleetAuditRow[]>([])
  const page = useFleet({
    key: [FLEET_LIVE, 'audit', gateway, before],
    ask: (api, signal) => api.batches.audit(gateway, before, signal),
    ...(before === undefined && { everyMs: FLEET_REFETCH_MS }),
  })
  const { rows, next } = page.data ?? {}
  return (
    <Part name="audit" title={say('fleet.audit.title')}>
      {page.isError && <Failure error={page.error} retry={() => void page.refetch()} />}
      {rows?.length === 0 && older.length === 0 && <p className="quiet">{say('fleet.audit.none')}</p>}
      <ol className={styles['list']}>
        {[...older, ...(rows ?? [])].map(row => (
          <Row key={row.seq} row={row} />
        ))}
      </ol>
      {rows !== undefined && next !== undefined && (
        <Button
          variant="default"
          onClick={() => {
            setOlder([...older, ...rows])
            setBefore(next)
          }}
        >
          {say('order.more')}
        </Button>
      )}
    </Part>
  )
}

function Row({ row: { act, at, by, detail } }: { row: FleetAuditRow }) {
  const { say } = useWords()
  const time = useTimeStyle()
  const facts = Object.entries(detail).map(([name, value]) => `${name}: ${value}`)
  return (
    <li data-act={act}>
      <b>{say(`fleet.act.${act}`)}</b>
      <p className="quiet">
        {exactText(Date.parse(at), time)} · {actorName(by, say)}
      </p>
      {facts.length > 0 && (
        <p className="quiet">
          <code>{facts.join('  ')}</code>
        </p>
      )}
    </li>
  )
}
