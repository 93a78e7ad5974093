import type { Stranger, TwinView } from '@harbor/protocol'
import { isMetric } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { Part } from '../../shell/part.tsx'
import { Age } from '../../time/age.tsx'
import { useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { Mark } from '../mark.tsx'
import { useFleetAct } from '../use-fleet.ts'
import { VENDOR_NAMES } from '../vendor-names.ts'

/** The gateway's devices: those of the config, heard or missing; and those that are heard and in no config, each taken in with one press. */
export function DevicesPart({ twin, mayAdopt }: { twin: TwinView; mayAdopt: boolean }) {
  const { say } = useWords()
  const { gateway, deviceList, strangers } = twin
  return (
    <Part name="devices" title={say('fleet.devices', { count: deviceList.length })}>
      {deviceList.length === 0 && <p className="quiet">{say('fleet.noDevices')}</p>}
      <ul className={styles['list']}>
        {deviceList.map(({ device, vendor, address, heardAt, isMissing }) => (
          <li key={device} data-device={device} data-missing={isMissing}>
            <p className={styles['line']}>
              <b>{device}</b>
              <Mark tone={isMissing ? 'doubt' : heardAt === undefined ? 'calm' : 'good'}>
                {say(
                  isMissing ? 'fleet.isMissing' : heardAt === undefined ? 'fleet.deviceUnheard' : 'fleet.deviceHeard',
                )}
              </Mark>
              {heardAt !== undefined && (
                <span className="quiet">
                  <Age at={heardAt} />
                </span>
              )}
            </p>
            <p className="quiet">
              {VENDOR_NAMES[vendor]} <code>{address}</code>
            </p>
          </li>
        ))}
      </ul>
      {strangers.length > 0 && (
        <>
          <h3>{say('fleet.strangers', { count: strangers.length })}</h3>
          <ul className={styles['list']}>
            {strangers.map(stranger => (
              <StrangerRow
                key={`${stranger.vendor} ${stranger.address}`}
                gateway={gateway}
                stranger={stranger}
                mayAdopt={mayAdopt}
              />
            ))}
          </ul>
        </>
      )}
    </Part>
  )
}

interface StrangerRowProps {
  gateway: string
  stranger: Stranger
  mayAdopt: boolean
}

function StrangerRow({ gateway, stranger, mayAdopt }: StrangerRowProps) {
  const { say } = useWords()
  const { vendor, address, metrics, kind, lastSeenMs, proposal } = stranger
  const adopt = useFleetAct(api => api.twin.adopt(gateway, { vendor, address }))
  return (
    <li data-stranger={address}>
      <p className={styles['line']}>
        <b>{VENDOR_NAMES[vendor]}</b> <code>{address}</code>
        <span>{say(`fleet.kind.${kind}`)}</span>
        <span className="quiet">
          <Age at={new Date(lastSeenMs).toISOString()} />
        </span>
      </p>
      <p className="quiet">
        {metrics.map(metric => (isMetric(metric) ? say(`metric.${metric}`) : metric)).join(' · ')}
      </p>
      {mayAdopt && (
        <div className={styles['actions']}>
          <Button
            variant="default"
            data-act="adopt"
            aria-disabled={adopt.isPending}
            onClick={() => adopt.isPending || adopt.mutate(undefined)}
          >
            {say('fleet.adopt', { device: proposal.device })}
          </Button>
          <span className="quiet">
            {proposal.appliance === undefined
              ? say('fleet.adoptStation')
              : say('fleet.adoptAppliance', { appliance: proposal.appliance })}
          </span>
        </div>
      )}
      {adopt.isError && <p role="alert">{say('order.failed', { reason: fleetFailureText(adopt.error, say) })}</p>}
    </li>
  )
}
