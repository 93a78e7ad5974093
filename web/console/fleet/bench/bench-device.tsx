import type { BenchDevice } from '@harbor/protocol'
import { isMetric } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { valueText } from '../../stations/value-text.ts'
import { Age } from '../../time/age.tsx'
import { useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { useFleetAct } from '../use-fleet.ts'
import { VENDOR_NAMES } from '../vendor-names.ts'
import { SIGNS } from './bench-signs.ts'
import own from './bench.module.css'

/** One device of the box on the bench: its mark, its last values, its relay's test. */
export function BenchDeviceTile({ gateway, device }: { gateway: string; device: BenchDevice }) {
  const { say, locale } = useWords()
  const { device: id, vendor, address, applianceKind, mark, heardAt, metrics, relay } = device
  return (
    <li className={own['tile']} data-device={id} data-mark={mark}>
      <span className={own['name']}>
        {applianceKind === undefined ? id : `${say(`appliance.${applianceKind}`)} · ${id}`}
        <span className={own['sign']} aria-hidden="true">
          {SIGNS[mark]}
        </span>
      </span>
      <span>
        <b>{say(`bench.mark.${mark}`)}</b>{' '}
        <span className="quiet">
          {heardAt === undefined ? say('bench.unheard') : say('fleet.heard')}{' '}
          {heardAt !== undefined && <Age at={heardAt} />}
        </span>
      </span>
      <span className="quiet">
        {VENDOR_NAMES[vendor]} <code>{address}</code>
      </span>
      <dl className={`${own['values']} numbers`}>
        {metrics.map(({ metric, value, unit }) => (
          <div key={metric} data-metric={metric}>
            <dt>{isMetric(metric) ? say(`metric.${metric}`) : metric}</dt>
            <dd>{isMetric(metric) ? valueText({ metric, value, unit }, say, locale) : value}</dd>
          </div>
        ))}
      </dl>
      {relay !== undefined && <RelayTest gateway={gateway} device={id} relay={relay} />}
    </li>
  )
}

interface RelayTestProps {
  gateway: string
  device: string
  relay: NonNullable<BenchDevice['relay']>
}

/** The relay is switched, and the plug's own word says whether it did. */
function RelayTest({ gateway, device, relay }: RelayTestProps) {
  const { say } = useWords()
  const test = useFleetAct((api, action: 'relay-on' | 'relay-off') => api.twin.testRelay(gateway, { device, action }))
  const isBusy = test.isPending || relay.state === 'sent'
  return (
    <div className={styles['stack']} data-relay={device} data-mark={relay.mark} data-command={relay.command}>
      <span role="status">
        {say('bench.relay')}: <b>{say(`bench.relayMark.${relay.mark}`)}</b>{' '}
        {relay.state === 'sent' && say('bench.relaySent')}
        {relay.reason !== undefined && relay.mark === 'red' && <span>{relay.reason}</span>}
      </span>
      <div className={styles['actions']}>
        {(['relay-off', 'relay-on'] as const).map(action => (
          <Button
            key={action}
            variant="default"
            size="md"
            data-act={action}
            aria-disabled={isBusy}
            aria-label={say(action === 'relay-on' ? 'bench.onNamed' : 'bench.offNamed', { device })}
            onClick={() => isBusy || test.mutate(action)}
          >
            {say(action === 'relay-on' ? 'bench.on' : 'bench.off')}
          </Button>
        ))}
      </div>
      {test.isError && <p role="alert">{say('order.failed', { reason: fleetFailureText(test.error, say) })}</p>}
    </div>
  )
}
