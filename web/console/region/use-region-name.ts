import { localName, useWords } from '../words/words.tsx'
import { wayTo } from './region-tree.ts'
import { useRegions } from './use-regions.ts'

/** A district's or street's name in the page's language; its code until the names are known, and for another's. */
export function useRegionName(region: string | undefined): string {
  const { language } = useWords()
  const regions = useRegions().data
  const step = regions === undefined ? undefined : wayTo(regions, region)?.at(-1)
  if (step?.nameZh === undefined || step.nameEn === undefined) return region ?? ''
  return localName(language, { nameZh: step.nameZh, nameEn: step.nameEn })
}
