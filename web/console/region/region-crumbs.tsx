import type { Regions } from '@harbor/protocol'
import { Link } from 'react-router'
import { localName, useWords } from '../words/words.tsx'
import styles from './region.module.css'
import { type RegionStep, wayTo } from './region-tree.ts'

/** What a step of the way is called. */
export function useRegionName(regions: Regions | undefined) {
  const { say, language } = useWords()
  return ({ nameZh, nameEn }: RegionStep): string =>
    nameZh === undefined || nameEn === undefined
      ? say(regions?.isWholeCity === false ? 'region.mine' : 'region.city')
      : localName(language, { nameZh, nameEn })
}

interface RegionCrumbsProps {
  regions: Regions
  region: string | undefined
  /** The address of the same page for another region. */
  toOf: (region: string | undefined) => string
}

/** City › district › street: the way back up, each step a link but the last. */
export function RegionCrumbs({ regions, region, toOf }: RegionCrumbsProps) {
  const { say } = useWords()
  const nameOf = useRegionName(regions)
  const way = wayTo(regions, region) ?? [{ code: undefined }]
  return (
    <nav aria-label={say('region.way')} data-testid="crumbs">
      <ol className={styles['crumbs']}>
        {way.map((step, index) => (
          <li key={step.code ?? ''}>
            {index < way.length - 1 ? (
              <Link to={toOf(step.code)}>{nameOf(step)}</Link>
            ) : (
              <span aria-current="page">{nameOf(step)}</span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
