import {
  COORDINATE_SYSTEMS,
  type ImportReason,
  type CoordinateSystem,
  IMPORT_REASONS,
  MAX_IMPORT_BYTES,
  type RegisterImport,
  type RegisterProblem,
} from '@harbor/protocol'
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { failureText } from '../shell/failure.tsx'
import styles from '../work-orders/orders.module.css'
import { type Say, useWords } from '../words/words.tsx'
import { useRegisterImport } from './use-register.ts'

/** A table is tried first; what is wrong is named, doubtful positions are asked about, and only then it is taken over. */
export function RegisterImportForm() {
  const { say } = useWords()
  const [file, setFile] = useState<File>()
  const [system, setSystem] = useState<CoordinateSystem>()
  const run = useRegisterImport()
  const { data: result } = run
  const tooLarge = file !== undefined && file.size > MAX_IMPORT_BYTES
  const attempt = (chosen: File | undefined, of: CoordinateSystem | undefined) => {
    setFile(chosen)
    setSystem(of)
    run.reset()
    if (chosen !== undefined && chosen.size <= MAX_IMPORT_BYTES)
      run.mutate({ file: chosen, system: of, isDry: true, isSure: false })
  }
  const isSound = result !== undefined && !result.isDone && result.problemCount === 0
  const hasWarnings = result !== undefined && result.warningCount > 0
  return (
    <details className={styles['disclosure']} data-form="import">
      <summary>{say('register.import')}</summary>
      <div className={styles['form']}>
        <p className="quiet">{say('register.importHint')}</p>
        <NativeSelect
          name="import-system"
          label={say('register.importSystem')}
          data={[
            { value: '', label: say('register.rowSystem') },
            ...COORDINATE_SYSTEMS.map(value => ({ value, label: say(`register.systems.${value}`) })),
          ]}
          value={system ?? ''}
          onChange={event =>
            attempt(
              file,
              COORDINATE_SYSTEMS.find(one => one === event.currentTarget.value),
            )
          }
        />
        <label className={styles['photoButton']}>
          {file === undefined ? say('assets.chooseFile') : file.name}
          <input
            type="file"
            name="table"
            accept=".csv,.xlsx,.geojson,.json,text/csv"
            className="for-screen-readers"
            onChange={event => {
              attempt(event.currentTarget.files?.[0], system)
              event.currentTarget.value = ''
            }}
          />
        </label>
        <div role="status">
          {run.isPending && <p>{say('loading')}</p>}
          {result !== undefined && <Outcome result={result} />}
        </div>
        {tooLarge && (
          <p role="alert" className={styles['problem']}>
            {say('assets.fileTooLarge', { mb: MAX_IMPORT_BYTES / 2 ** 20 })}
          </p>
        )}
        {run.isError && (
          <p role="alert" className={styles['problem']}>
            {say('order.failed', { reason: failureText(run.error, say) })}
          </p>
        )}
        {isSound && file !== undefined && result.created + result.changed > 0 && (
          <Button
            data-testid="take-over"
            aria-disabled={run.isPending}
            onClick={() => !run.isPending && run.mutate({ file, system, isDry: false, isSure: hasWarnings })}
          >
            {say(hasWarnings ? 'register.takeOverSure' : 'assets.takeOver')}
          </Button>
        )}
      </div>
    </details>
  )
}

function Outcome({ result }: { result: RegisterImport }) {
  const { say } = useWords()
  const { created, changed, unchanged, problems, problemCount, warnings, warningCount, isDone } = result
  return (
    <>
      {problemCount === 0 && (
        <p data-testid={isDone ? 'imported' : 'sound'}>
          {say(isDone ? 'assets.imported' : 'assets.sound', { created, changed, unchanged })}
        </p>
      )}
      {problemCount > 0 && (
        <>
          <p className={styles['problem']}>{say('assets.problems', { count: problemCount })}</p>
          <Problems problems={problems} testId="problems" />
          {problemCount > problems.length && <p className="quiet">{say('assets.moreProblems')}</p>}
        </>
      )}
      {warningCount > 0 && !isDone && (
        <>
          <p className={styles['problem']}>{say('register.warnings', { count: warningCount })}</p>
          <Problems problems={warnings} testId="warnings" />
        </>
      )}
    </>
  )
}

function Problems({ problems, testId }: { problems: readonly RegisterProblem[]; testId: string }) {
  const { say } = useWords()
  return (
    <ul data-testid={testId}>
      {problems.map(({ row, column, reason, given }, index) => (
        // A list that never changes its order.
        // oxlint-disable-next-line no-array-index-key
        <li key={index}>
          {row > 0 && <b>{say('assets.row', { row })} </b>}
          {column !== undefined && <b>{column}: </b>}
          {reasonText(reason, say)}
          {given !== undefined && <span className="quiet"> ({given})</span>}
        </li>
      ))}
    </ul>
  )
}

function reasonText(reason: RegisterProblem['reason'], say: Say): string {
  const shared = IMPORT_REASONS.find(one => one === reason)
  if (shared !== undefined) return say(`assets.reason.${shared}`)
  return say(`register.reason.${reason as Exclude<RegisterProblem['reason'], ImportReason>}`)
}
