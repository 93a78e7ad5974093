import { type ImportResult, MAX_IMPORT_BYTES } from '@harbor/protocol'
import { Button } from '@mantine/core'
import type { UseMutationResult } from '@tanstack/react-query'
import { useState } from 'react'
import { failureText } from '../shell/failure.tsx'
import styles from '../work-orders/orders.module.css'
import { useWords } from '../words/words.tsx'

interface ImportFormProps {
  run: UseMutationResult<ImportResult, Error, { file: Blob; isDry: boolean }>
  title: string
  hint: string
}

/** A table is tried first; what is wrong is named, and only what has nothing wrong is taken over. */
export function ImportForm({ run, title, hint }: ImportFormProps) {
  const { say } = useWords()
  const [file, setFile] = useState<File>()
  const { data: result } = run
  const tooLarge = file !== undefined && file.size > MAX_IMPORT_BYTES
  const choose = (chosen: File | undefined) => {
    setFile(chosen)
    run.reset()
    if (chosen !== undefined && chosen.size <= MAX_IMPORT_BYTES) run.mutate({ file: chosen, isDry: true })
  }
  const isSound = result !== undefined && !result.isDone && result.problemCount === 0
  return (
    <details className={styles['disclosure']} data-form="import">
      <summary>{title}</summary>
      <div className={styles['form']}>
        <p className="quiet">{hint}</p>
        <label className={styles['photoButton']}>
          {file === undefined ? say('assets.chooseFile') : file.name}
          <input
            type="file"
            name="table"
            accept=".csv,.xlsx,text/csv"
            className="for-screen-readers"
            onChange={event => {
              choose(event.currentTarget.files?.[0])
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
            onClick={() => !run.isPending && run.mutate({ file, isDry: false })}
          >
            {say('assets.takeOver')}
          </Button>
        )}
      </div>
    </details>
  )
}

function Outcome({ result }: { result: ImportResult }) {
  const { say } = useWords()
  const { created, changed, unchanged, problems, problemCount, isDone } = result
  if (problemCount === 0)
    return (
      <p data-testid={isDone ? 'imported' : 'sound'}>
        {say(isDone ? 'assets.imported' : 'assets.sound', { created, changed, unchanged })}
      </p>
    )
  return (
    <>
      <p className={styles['problem']} data-testid="problem-count">
        {say('assets.problems', { count: problemCount })}
      </p>
      <ul data-testid="problems">
        {problems.map(({ row, column, reason, given }, index) => (
          // A list that never changes its order.
          // oxlint-disable-next-line no-array-index-key
          <li key={index}>
            {row > 0 && <b>{say('assets.row', { row })} </b>}
            {column !== undefined && <b>{column}: </b>}
            {say(`assets.reason.${reason}`)}
            {given !== undefined && <span className="quiet"> ({given})</span>}
          </li>
        ))}
      </ul>
      {problemCount > problems.length && <p className="quiet">{say('assets.moreProblems')}</p>}
    </>
  )
}
