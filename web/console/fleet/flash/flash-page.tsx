import type { Firmware } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Failure } from '../../shell/failure.tsx'
import { LoadingRows } from '../../shell/list-states.tsx'
import { Page } from '../../shell/page.tsx'
import { Column, Part, Parts } from '../../shell/part.tsx'
import { Age } from '../../time/age.tsx'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'
import { useFleet, useFleetAct } from '../use-fleet.ts'
import { sizeText } from './size-text.ts'
import { EspInstaller } from './esp-installer.tsx'
import { FirmwareForm } from './firmware-form.tsx'
import { SoftwarePart } from './software-part.tsx'
import { type SerialSupport, serialSupport } from './web-serial.ts'

/** ESP boards are flashed from here; images and the gateways' software are brought here. */
export function FlashPage() {
  const { say } = useWords()
  const support = serialSupport(window)
  const list = useFleet({ key: ['firmware'], ask: (api, signal) => api.flash.firmware(signal) })
  const images = list.data?.firmware
  return (
    <Page title={say('flash.title')}>
      <p className="quiet">{say('flash.intro')}</p>
      {support === 'ready' ? (
        <ol className={styles['steps']}>
          <li>{say('flash.step.plug')}</li>
          <li>{say('flash.step.start')}</li>
          <li>{say('flash.step.next')}</li>
        </ol>
      ) : (
        <CannotFlash support={support} />
      )}
      <Parts>
        <Column>
          {images === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
          {images === undefined && !list.isError && <LoadingRows />}
          {images?.length === 0 && <p data-testid="no-firmware">{say('flash.none')}</p>}
          <ul className={styles['list']}>
            {images?.map(image => (
              <Image key={image.firmware} image={image} canFlash={support === 'ready'} />
            ))}
          </ul>
          <FirmwareForm />
        </Column>
        <Column>
          <SoftwarePart />
        </Column>
      </Parts>
    </Page>
  )
}

/** What is missing, and what one can do about it. */
function CannotFlash({ support }: { support: Exclude<SerialSupport, 'ready'> }) {
  const { say } = useWords()
  return (
    <Part name="cannot" title={say('flash.cannot')}>
      <p data-testid="cannot" data-support={support}>
        {say(support === 'insecure' ? 'flash.insecure' : 'flash.noSerial', { origin: window.location.origin })}
      </p>
      <p className="quiet">{say('flash.byHand')}</p>
    </Part>
  )
}

function Image({ image, canFlash }: { image: Firmware; canFlash: boolean }) {
  const { say, locale } = useWords()
  const { firmware, name, version, builds, manifestPath, addedAt, addedBy } = image
  const [isAsked, setIsAsked] = useState(false)
  const remove = useFleetAct(api => api.flash.removeFirmware(firmware))
  return (
    <li className={`card ${styles['row']}`} data-firmware={firmware}>
      <h2>
        {name} {version}
      </h2>
      <p className={styles['line']}>
        {builds.map(({ chipFamily, parts }) => (
          <span key={chipFamily}>
            {chipFamily} (
            {sizeText(
              parts.reduce((sum, part) => sum + part.sizeBytes, 0),
              locale,
            )}
            )
          </span>
        ))}
      </p>
      <p className="quiet">
        {addedBy} · <Age at={addedAt} />
      </p>
      <div className={styles['actions']}>
        {canFlash && <EspInstaller name={`${name} ${version}`} manifestPath={manifestPath} />}
        {isAsked ? (
          <>
            <Button color="red.9" data-act="confirm-remove" onClick={() => remove.mutate(undefined)}>
              {say('flash.reallyRemove')}
            </Button>
            <Button variant="default" onClick={() => setIsAsked(false)}>
              {say('batch.keep')}
            </Button>
          </>
        ) : (
          <Button
            variant="default"
            aria-label={say('profile.removeNamed', { name: `${name} ${version}` })}
            onClick={() => setIsAsked(true)}
          >
            {say('profile.remove')}
          </Button>
        )}
      </div>
    </li>
  )
}
