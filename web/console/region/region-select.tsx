import type { Regions } from '@harbor/protocol'
import { NativeSelect } from '@mantine/core'
import { localName, useWords } from '../words/words.tsx'
import { useRegionName } from './region-crumbs.tsx'

interface RegionSelectProps {
  regions: Regions | undefined
  region: string | undefined
  onChoose: (region: string | undefined) => void
}

/** All that the person may see, or one district or street of it. */
export function RegionSelect({ regions, region, onChoose }: RegionSelectProps) {
  const { say, language } = useWords()
  const nameOf = useRegionName(regions)
  const data = [
    { value: '', label: nameOf({ code: undefined }) },
    ...(regions?.districts ?? []).flatMap(district => [
      { value: district.district, label: localName(language, district) },
      ...district.streets.map(street => ({
        value: street.street,
        label: `${localName(language, district)} › ${localName(language, street)}`,
      })),
    ]),
  ]
  return (
    <NativeSelect
      label={say('region.label')}
      data={data}
      value={region ?? ''}
      onChange={event => onChoose(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  )
}
