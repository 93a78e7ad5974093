import { Link } from 'react-router'
import { Part } from '../../shell/part.tsx'
import { useWords } from '../../words/words.tsx'
import { BundleForm, type BundleWish } from '../bundle-form.tsx'
import styles from '../fleet.module.css'
import { saveFile } from '../save-file.ts'
import { useFleetAct } from '../use-fleet.ts'

interface BoxPartProps {
  gateway: string
  station: string
}

/** The box itself: watching it at the bench, its devices' set-up, a card for it, another box in its place. */
export function BoxPart({ gateway, station }: BoxPartProps) {
  const { say } = useWords()
  const bundle = useFleetAct((api, wish: BundleWish) => api.flash.gatewayBundle(gateway, wish))
  return (
    <Part name="box" title={say('fleet.box.title')}>
      <div className={styles['actions']}>
        <Link to={`/fleet/bench/${gateway}`} className={styles['link']} data-testid="bench">
          {say('bench.open')}
        </Link>
        <Link to={`/fleet/gateways/${gateway}/devices`} className={styles['link']}>
          {say('fleet.box.devices')}
        </Link>
        <Link to={`/stations/${station}`} className={styles['link']}>
          {say('fleet.box.station')}
        </Link>
      </div>
      <details className={styles['disclosure']} data-form="replace">
        <summary>{say('fleet.box.replace')}</summary>
        <div>
          <p>{say('fleet.box.replaceHint')}</p>
          <Link to={`/fleet/batches?${new URLSearchParams({ station, gateway })}`} className={styles['link']}>
            {say('fleet.box.token')}
          </Link>
        </div>
      </details>
      <details className={styles['disclosure']} data-form="bundles">
        <summary>{say('bundle.title')}</summary>
        <div>
          <p className={styles['warning']}>{say('bundle.dead')}</p>
          <BundleForm
            label={say('bundle.makeOne')}
            isBusy={bundle.isPending}
            error={bundle.error}
            onMake={wish =>
              bundle.mutate(wish, {
                onSuccess: content => saveFile(content, { type: 'application/zip', name: `${gateway}.zip` }),
              })
            }
          />
        </div>
      </details>
    </Part>
  )
}
