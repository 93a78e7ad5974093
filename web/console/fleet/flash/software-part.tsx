import { MAX_SOFTWARE_BYTES, versionNameSchema } from '@harbor/protocol'
import { Button, TextInput } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { Failure } from '../../shell/failure.tsx'
import { Part } from '../../shell/part.tsx'
import { Age } from '../../time/age.tsx'
import { useWords } from '../../words/words.tsx'
import { fleetFailureText } from '../failure-text.ts'
import styles from '../fleet.module.css'
import { useFleet, useFleetAct } from '../use-fleet.ts'
import { FileField } from './file-field.tsx'
import { sizeText } from './size-text.ts'

/** Versions of the gateways' own software: what rollouts can bring. */
export function SoftwarePart() {
  const { say, locale } = useWords()
  const list = useSoftware()
  const remove = useFleetAct((api, version: string) => api.flash.removeSoftware(version))
  return (
    <Part name="software" title={say('flash.software')}>
      {list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.data?.software.length === 0 && <p className="quiet">{say('flash.noSoftware')}</p>}
      <ul className={styles['list']}>
        {list.data?.software.map(({ version, sizeBytes, sha256, addedAt, addedBy }) => (
          <li key={version} data-software={version}>
            <p className={styles['line']}>
              <b>{version}</b>
              <span>{sizeText(sizeBytes, locale)}</span>
              <Button
                variant="subtle"
                aria-label={say('profile.removeNamed', { name: version })}
                onClick={() => remove.mutate(version)}
              >
                {say('profile.remove')}
              </Button>
            </p>
            <p className="quiet">
              <code title={sha256}>{sha256.slice(0, 12)}</code> · {addedBy} · <Age at={addedAt} />
            </p>
          </li>
        ))}
      </ul>
      {remove.isError && <p role="alert">{say('order.failed', { reason: fleetFailureText(remove.error, say) })}</p>}
      <SoftwareForm />
    </Part>
  )
}

/** Versions that were brought, newest first. */
export function useSoftware() {
  return useFleet({ key: ['software'], ask: (api, signal) => api.flash.software(signal) })
}

function SoftwareForm() {
  const { say } = useWords()
  const [version, setVersion] = useState('')
  const [file, setFile] = useState<File>()
  const [isChecked, setIsChecked] = useState(false)
  const add = useFleetAct((api, content: File) => api.flash.addSoftware(version, content))
  const isVersion = versionNameSchema.safeParse(version).success
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (file === undefined || file.size > MAX_SOFTWARE_BYTES || !isVersion || add.isPending) return
    add.mutate(file, {
      onSuccess: () => {
        setVersion('')
        setFile(undefined)
        setIsChecked(false)
      },
    })
  }
  return (
    <form className={styles['stack']} noValidate data-form="software" onSubmit={submit}>
      <TextInput
        name="version"
        label={say('flash.field.version')}
        maxLength={64}
        value={version}
        error={isChecked && !isVersion && say('flash.wrong.version')}
        onChange={event => setVersion(event.currentTarget.value)}
      />
      <FileField name="software" accept=".tar.gz,.tgz" file={file} mostBytes={MAX_SOFTWARE_BYTES} onChoose={setFile} />
      {isChecked && file === undefined && <p role="alert">{say('flash.noFile')}</p>}
      {add.isError && <p role="alert">{say('order.failed', { reason: fleetFailureText(add.error, say) })}</p>}
      <div className={styles['actions']}>
        <Button type="submit" variant="default" aria-disabled={add.isPending}>
          {say('flash.upload')}
        </Button>
      </div>
    </form>
  )
}
