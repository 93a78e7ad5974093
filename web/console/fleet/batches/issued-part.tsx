import type { IssuedBatch } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { Part } from '../../shell/part.tsx'
import { useWords } from '../../words/words.tsx'
import { BundleForm, type BundleWish } from '../bundle-form.tsx'
import { CopyText } from '../copy-text.tsx'
import styles from '../fleet.module.css'
import { bytesOf, saveFile } from '../save-file.ts'
import { useFleetAct } from '../use-fleet.ts'

/** A batch that was just made: its tokens and their sheet are here once, and nowhere else after. */
export function IssuedPart({ issued, onDone }: { issued: IssuedBatch; onDone: () => void }) {
  const { say } = useWords()
  const { batch, tokens, sheetPdf } = issued
  const bundle = useFleetAct((api, wish: BundleWish) =>
    api.flash.bundle({ ...wish, tokens: tokens.map(({ token }) => token) }),
  )
  return (
    <Part name="issued" title={say('batch.issued', { name: batch.name })}>
      <p role="status" className={styles['warning']}>
        {say('batch.once', { count: tokens.length })}
      </p>
      <div className={styles['actions']}>
        <Button
          data-testid="sheet"
          onClick={() => saveFile(bytesOf(sheetPdf), { type: 'application/pdf', name: `${batch.batch}.pdf` })}
        >
          {say('batch.sheet')}
        </Button>
        <Link to={`/fleet/batches/${batch.batch}`} className={styles['link']}>
          {say('batch.watch')}
        </Link>
      </div>
      <details className={styles['disclosure']} data-form="bundles">
        <summary>{say('bundle.title')}</summary>
        <div>
          <BundleForm
            label={say('bundle.make', { count: tokens.length })}
            isBusy={bundle.isPending}
            error={bundle.error}
            onMake={wish =>
              bundle.mutate(wish, {
                onSuccess: content => saveFile(content, { type: 'application/zip', name: `${batch.batch}.zip` }),
              })
            }
          />
        </div>
      </details>
      <details className={styles['disclosure']}>
        <summary>{say('batch.tokens')}</summary>
        <div>
          <ul className={styles['list']}>
            {tokens.map(({ station, token, link }) => (
              <li key={token} data-token-of={station}>
                <b>{station}</b>
                <CopyText label={station} text={link} />
              </li>
            ))}
          </ul>
        </div>
      </details>
      <div className={styles['actions']}>
        <Button variant="default" onClick={onDone}>
          {say('batch.saved')}
        </Button>
      </div>
    </Part>
  )
}
