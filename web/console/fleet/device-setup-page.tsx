import { type DeviceSetup, type SetupWay, UNKNOWN_HOST, setupHostSchema, wifiSchema } from '@harbor/protocol'
import { deviceSetups } from '@harbor/protocol/device-setup'
import { PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { Failure } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { LoadingRows } from '../shell/list-states.tsx'
import { Page } from '../shell/page.tsx'
import { Part } from '../shell/part.tsx'
import { useWords } from '../words/words.tsx'
import { CopyText } from './copy-text.tsx'
import styles from './fleet.module.css'
import { useFleet } from './use-fleet.ts'
import { VENDOR_NAMES } from './vendor-names.ts'

/** What is typed into the gateway's plugs and sensors: ready-made texts, for the gateway's address in its station. */
export function DeviceSetupPage() {
  const { gateway = '' } = useParams()
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const place = { host: query.get('host') ?? '', port: query.get('port') ?? '' }
  const [wifi, setWifi] = useState({ ssid: '', passphrase: '' })
  const explained = useFleet({
    key: ['explained', gateway, undefined],
    ask: (api, signal) => api.profiles.explained(gateway, undefined, signal),
  })
  const isHost = place.host === '' || setupHostSchema.safeParse(place.host).success
  const setups =
    explained.data &&
    deviceSetups(explained.data.config, {
      ...(place.host !== '' && isHost && { host: place.host }),
      ...(Number(place.port) >= 1 && Number(place.port) <= 65_535 && { port: Number(place.port) }),
      ...(wifiSchema.safeParse(wifi).success && { wifi }),
    })
  const set = (change: Partial<typeof place>) => {
    const next = new URLSearchParams(Object.entries({ ...place, ...change }).filter(([, value]) => value !== ''))
    setQuery(next, { replace: true, preventScrollReset: true })
  }
  return (
    <Page title={say('setup.title', { gateway })}>
      <Link to={`/fleet/gateways/${gateway}`} className={styles['link']}>
        <BackIcon /> {gateway}
      </Link>
      <p className="quiet">{say('setup.intro')}</p>
      <div className={styles['fields']}>
        <TextInput
          name="host"
          label={say('setup.host')}
          description={say('setup.hostHint')}
          maxLength={63}
          value={place.host}
          error={!isHost && say('setup.hostHint')}
          onChange={event => set({ host: event.currentTarget.value.trim() })}
        />
        <TextInput
          name="port"
          label={say('setup.port')}
          description={say('setup.portHint')}
          inputMode="numeric"
          maxLength={5}
          value={place.port}
          onChange={event => set({ port: event.currentTarget.value.replaceAll(/\D/g, '') })}
        />
        <TextInput
          name="ssid"
          label={say('bundle.ssid')}
          description={say('setup.wifiHint')}
          autoComplete="off"
          value={wifi.ssid}
          onChange={event => setWifi({ ...wifi, ssid: event.currentTarget.value })}
        />
        <PasswordInput
          name="passphrase"
          label={say('bundle.passphrase')}
          autoComplete="off"
          value={wifi.passphrase}
          onChange={event => setWifi({ ...wifi, passphrase: event.currentTarget.value })}
        />
      </div>
      {explained.isError && <Failure error={explained.error} retry={() => void explained.refetch()} />}
      {explained.isPending && <LoadingRows />}
      {setups !== undefined && setups.length > 0 && (place.host === '' || !isHost) && (
        <p role="status" className={styles['warning']}>
          {say('setup.noHost', { placeholder: UNKNOWN_HOST })}
        </p>
      )}
      {setups?.length === 0 && <p data-testid="no-devices">{say('setup.none')}</p>}
      {setups?.map(one => (
        <Device key={`${one.vendor} ${one.address}`} setup={one} />
      ))}
    </Page>
  )
}

function Device({ setup: { vendor, address, devices, ways, problem } }: { setup: DeviceSetup }) {
  const { say, language } = useWords()
  return (
    <Part name={`setup-${address}`} title={`${VENDOR_NAMES[vendor]} · ${address}`}>
      <p className="quiet">{devices.join(', ')}</p>
      {problem !== undefined && <p className={styles['warning']}>{problem[language]}</p>}
      {ways.length > 1 && <p>{say('setup.anyWay')}</p>}
      {ways.map((way, index) => (
        <Way key={way.key} way={way} isOpen={index === 0} />
      ))}
    </Part>
  )
}

function Way({ way, isOpen }: { way: SetupWay; isOpen: boolean }) {
  const { say, language } = useWords()
  const isZh = language === 'zh'
  return (
    <details className={styles['disclosure']} open={isOpen} data-way={way.key}>
      <summary>{isZh ? way.nameZh : way.nameEn}</summary>
      <div>
        {way.texts.map(text => (
          <div key={text.key} className={styles['stack']} data-text={text.key}>
            <h3>{isZh ? text.titleZh : text.titleEn}</h3>
            <p>{isZh ? text.howZh : text.howEn}</p>
            <CopyText label={isZh ? text.titleZh : text.titleEn} text={text.text} />
          </div>
        ))}
        <p className="quiet">
          {say('setup.topics')} <code>{way.topics.join('  ')}</code>
        </p>
      </div>
    </details>
  )
}
