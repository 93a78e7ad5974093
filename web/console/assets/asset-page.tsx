import type { AssetChange, AssetDetail } from '@harbor/protocol'
import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { RequestError } from '../api/request-error.ts'
import { useTimeStyle } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { Failure } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { Age } from '../time/age.tsx'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import styles from '../work-orders/orders.module.css'
import { useWords } from '../words/words.tsx'
import { AssetForm } from './asset-form.tsx'
import { yuanOf } from './money.ts'
import { useAsset } from './use-assets.ts'

/** One appliance: what it is, where, and all that happened to it. Its label's code leads here. */
export function AssetPage() {
  const { tag = '' } = useParams()
  const { say } = useWords()
  const asset = useAsset(tag)
  const isGone = asset.error instanceof RequestError && asset.error.code === 'API_NOT_FOUND'
  if (asset.data !== undefined && !isGone)
    return (
      <Page title={`${say(`appliance.${asset.data.kind}`)} ${asset.data.assetTag}`}>
        <Back />
        {/* After a change of others the form begins again with what is true now. */}
        <Loaded key={asset.data.revision} asset={asset.data} />
      </Page>
    )
  return (
    <Page title={say('assets.title')}>
      <Back />
      {isGone && <p data-testid="gone">{say('assets.gone')}</p>}
      {asset.isError && !isGone && <Failure error={asset.error} retry={() => void asset.refetch()} />}
      {!asset.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={320} radius="md" />
        </div>
      )}
    </Page>
  )
}

function Back() {
  const { say } = useWords()
  return (
    <p>
      <Link to="/assets" className={styles['link']}>
        <BackIcon /> {say('assets.back')}
      </Link>
    </p>
  )
}

function Loaded({ asset }: { asset: AssetDetail }) {
  const { say } = useWords()
  return (
    <div className={styles['parts']}>
      <div className={styles['column']}>
        <Part name="facts" title={say('assets.facts')}>
          <Facts asset={asset} />
        </Part>
        {asset.mayEdit && <AssetForm asset={asset} />}
        <Part name="repairs" title={say('assets.repairs', { count: asset.repairCount })}>
          <Repairs asset={asset} />
        </Part>
      </div>
      <Part name="history" title={say('assets.history')}>
        <History changes={asset.history} />
      </Part>
    </div>
  )
}

function Part({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  return (
    <section className={`card ${styles['part']}`} data-part={name}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Facts({ asset }: { asset: AssetDetail }) {
  const { say, language } = useWords()
  const { energy, priceFen } = asset
  const lines: [string, string | undefined][] = [
    [say('assets.field.model'), asset.model],
    [say('assets.field.maker'), asset.maker],
    [say('assets.field.serial'), asset.serial],
    [say('assets.field.supplier'), asset.supplier],
    [say('assets.field.installedOn'), asset.installedOn],
    [say('assets.field.warrantyUntil'), asset.warrantyUntil],
    [say('assets.field.retiredOn'), asset.retiredOn],
    [say('assets.field.priceFen'), priceFen === undefined ? undefined : `¥${yuanOf(priceFen)}`],
    [say('assets.repairCost'), `¥${yuanOf(asset.costFen)}`],
    [
      say('assets.energy'),
      energy === undefined ? say('assets.noEnergy') : say('assets.energyOf', { kWh: energy.kWh, days: energy.days }),
    ],
  ]
  return (
    <>
      <p>
        <Link to={`/stations/${asset.station}`} className={styles['link']}>
          {language === 'zh' ? asset.stationNameZh : asset.stationNameEn}
        </Link>
      </p>
      <dl>
        {lines.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name} className={styles['line']}>
              <dt className="quiet">{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      <a className={styles['link']} href={`/api/v1/assets/labels.pdf?service=all&appliances=${asset.id}`} download>
        {say('assets.label')}
      </a>
    </>
  )
}

function Repairs({ asset }: { asset: AssetDetail }) {
  const { say, language } = useWords()
  const role = useSession().data?.role
  return (
    <>
      {asset.retiredOn === undefined && role !== undefined && role !== 'hardware' && (
        <p>
          <Link to={`/work-orders/new?station=${asset.station}&appliance=${asset.id}`} className={styles['link']}>
            {say('order.new.open')}
          </Link>
        </p>
      )}
      {asset.repairs.length === 0 && <p className="quiet">{say('assets.noRepairs')}</p>}
      <ul>
        {asset.repairs.map(({ id, titleZh, titleEn, state, createdAt, costFen }) => (
          <li key={id} className={styles['line']}>
            <Link to={`/work-orders/${id}`} className={styles['link']}>
              {language === 'zh' ? titleZh : titleEn}
            </Link>
            <span className="quiet">{say(`order.state.${state}`)}</span>
            <Age at={createdAt} />
            {costFen !== 0 && <span>¥{yuanOf(costFen)}</span>}
          </li>
        ))}
      </ul>
      {asset.parts.length > 0 && <h3>{say('assets.parts')}</h3>}
      <ul>
        {asset.parts.map(({ name, quantity, unitCostFen, at, workOrder }) => (
          <li key={`${workOrder} ${at} ${name} ${quantity}`} className={styles['line']}>
            {name} × {quantity} <span className="quiet">¥{yuanOf(quantity * unitCostFen)}</span> <Age at={at} />
          </li>
        ))}
      </ul>
    </>
  )
}

function History({ changes }: { changes: readonly AssetChange[] }) {
  const { say } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  if (changes.length === 0) return <p className="quiet">{say('assets.noHistory')}</p>
  return (
    <ol className={styles['history']} data-testid="history">
      {changes.toReversed().map(({ seq, field, before, after, actorName, at, by }) => (
        <li key={seq} data-field={field}>
          <b>{say(`assets.field.${field}`)}</b>
          <span>
            {textOf(field, before)} → {textOf(field, after)}
          </span>
          <span className={`quiet ${styles['when']}`}>
            {say(by === 'import' ? 'assets.byImport' : 'assets.by', { name: actorName ?? say('order.bySystem') })}{' '}
            {clockText(Date.parse(at), nowMs, style)}
          </span>
        </li>
      ))}
    </ol>
  )
}

function textOf(field: AssetChange['field'], value: string | undefined): string {
  if (value === undefined) return '—'
  return field === 'priceFen' ? `¥${yuanOf(Number(value))}` : value
}
