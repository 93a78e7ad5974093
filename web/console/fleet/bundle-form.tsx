import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { TickBox } from '../shell/tick-box.tsx'
import { useWords } from '../words/words.tsx'
import { fleetFailureText } from './failure-text.ts'
import styles from './fleet.module.css'

/** What a bundle is made with beside its tokens. */
export interface BundleWish {
  serverUrl: string
  allowHttp: boolean
  wifi?: { ssid: string; passphrase: string }
}

interface BundleFormProps {
  label: string
  isBusy: boolean
  error: unknown
  onMake: (wish: BundleWish) => void
}

/** A bundle for SD cards: where the box finds the server, and the station's Wi-Fi if it has no cable. The server keeps neither. */
export function BundleForm({ label, isBusy, error, onMake }: BundleFormProps) {
  const { say } = useWords()
  const [serverUrl, setServerUrl] = useState(window.location.origin)
  const [hasWifi, setHasWifi] = useState(false)
  const [wifi, setWifi] = useState({ ssid: '', passphrase: '' })
  const [isHttpSure, setIsHttpSure] = useState(false)
  const [isChecked, setIsChecked] = useState(false)
  const isHttp = serverUrl.startsWith('http:')
  const isUrl = /^https?:\/\/[^/\s?#]+$/.test(serverUrl)
  const isSsid = !hasWifi || (wifi.ssid !== '' && new TextEncoder().encode(wifi.ssid).length <= 32)
  const isPassphrase = !hasWifi || /^[\x20-\x7e]{8,63}$/.test(wifi.passphrase)
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (!isUrl || !isSsid || !isPassphrase || (isHttp && !isHttpSure) || isBusy) return
    onMake({ serverUrl, allowHttp: isHttp, ...(hasWifi && { wifi }) })
  }
  return (
    <form className={styles['stack']} noValidate data-form="bundle" onSubmit={submit}>
      <TextInput
        name="serverUrl"
        label={say('bundle.server')}
        description={say('bundle.serverHint')}
        value={serverUrl}
        error={isChecked && !isUrl && say('bundle.wrongServer')}
        onChange={event => setServerUrl(event.currentTarget.value.trim())}
      />
      {isHttp && (
        <div className={styles['warning']}>
          <p>{say('bundle.http')}</p>
          <TickBox
            name="allow-http"
            label={say('bundle.allowHttp')}
            isOn={isHttpSure}
            onToggle={() => setIsHttpSure(!isHttpSure)}
          />
          {isChecked && !isHttpSure && <p role="alert">{say('bundle.needHttp')}</p>}
        </div>
      )}
      <TickBox name="wifi" label={say('bundle.wifi')} isOn={hasWifi} onToggle={() => setHasWifi(!hasWifi)} />
      {hasWifi && (
        <div className={styles['fields']}>
          <TextInput
            name="ssid"
            label={say('bundle.ssid')}
            autoComplete="off"
            value={wifi.ssid}
            error={isChecked && !isSsid && say('bundle.wrongSsid')}
            onChange={event => setWifi({ ...wifi, ssid: event.currentTarget.value })}
          />
          <PasswordInput
            name="passphrase"
            label={say('bundle.passphrase')}
            autoComplete="off"
            value={wifi.passphrase}
            error={isChecked && !isPassphrase && say('bundle.wrongPassphrase')}
            onChange={event => setWifi({ ...wifi, passphrase: event.currentTarget.value })}
          />
        </div>
      )}
      {error !== null && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: fleetFailureText(error, say) })}
        </p>
      )}
      <div className={styles['actions']}>
        <Button type="submit" data-testid="bundle" aria-disabled={isBusy}>
          {label}
        </Button>
      </div>
      <p className="quiet">{say('bundle.hint')}</p>
    </form>
  )
}
