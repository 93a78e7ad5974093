import { Button, NativeSelect, TextInput, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type SyntheticEvent, useState } from 'react'
import type { KnownTariff } from '../api/management-api.ts'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { Answer } from '../measure/answer.tsx'
import styles from '../measure/measure.module.css'
import { dateIn } from '../period/period.ts'
import { useRegions } from '../region/use-regions.ts'
import { failureText } from '../shell/failure.tsx'
import { DataGrid } from '../table/data-grid.tsx'
import { useNow } from '../time/now.tsx'
import { localName, useWords } from '../words/words.tsx'
import { bandsOf, readBands } from './tariff-bands.ts'

/** The prices and emission factors that cost and CO2 are counted by, and the form to set a district's. */
export function Tariffs() {
  const { say, language } = useWords()
  const { api } = useConsole()
  const tariffs = useQuery({ queryKey: queryKeys.tariffs, queryFn: ({ signal }) => api.management.tariffs(signal) })
  const regions = useRegions().data
  const nameOf = (code: string) => {
    const district = regions?.districts.find(one => one.district === code)
    return district === undefined ? code : localName(language, district)
  }
  return (
    <section className={styles['part']}>
      <h2>{say('energy.tariffs')}</h2>
      <Answer of={tariffs}>
        {data => (
          <>
            <DataGrid
              label={say('energy.tariffs')}
              rows={data.tariffs}
              keyOf={({ district, from }) => `${district} ${from}`}
              columns={[
                { key: 'district', name: say('region.label'), renderCell: ({ district }) => nameOf(district) },
                { key: 'from', name: say('energy.from'), renderCell: ({ from }) => from },
                {
                  key: 'price',
                  name: say('energy.price'),
                  isText: true,
                  renderCell: tariff => <Bands tariff={tariff} />,
                },
                { key: 'co2', name: say('energy.co2'), renderCell: ({ co2KgPerKWh }) => co2KgPerKWh },
                {
                  key: 'source',
                  name: say('energy.source'),
                  isText: true,
                  renderCell: tariff => <Source tariff={tariff} />,
                },
              ]}
            />
            <TariffForm key={data.tariffs.length} known={data.tariffs} nameOf={nameOf} />
          </>
        )}
      </Answer>
    </section>
  )
}

function Bands({ tariff }: { tariff: KnownTariff }) {
  const { locale } = useWords()
  return bandsOf(tariff.fenPerKWh)
    .map(
      ({ from, to, fen }) =>
        `${from}–${to}: ${(fen / 100).toLocaleString(locale, { style: 'currency', currency: 'CNY', maximumFractionDigits: 4 })}`,
    )
    .join(' · ')
}

function Source({ tariff: { source, isDefault, setBy } }: { tariff: KnownTariff }) {
  const { say } = useWords()
  return (
    <>
      {isDefault && <strong>{say('energy.isDefault')} </strong>}
      {source}
      {setBy !== undefined && ` · ${setBy}`}
    </>
  )
}

function TariffForm({ known, nameOf }: { known: readonly KnownTariff[]; nameOf: (code: string) => string }) {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const { timeZone } = useTimeStyle()
  const [first] = known
  const today = dateIn(useNow(), timeZone)
  const [district, setDistrict] = useState(first?.district ?? '')
  const [from, setFrom] = useState(today)
  const [bands, setBands] = useState(() =>
    bandsOf(first?.fenPerKWh ?? [])
      .map(one => `${one.from}-${one.to} ${one.fen / 100}`)
      .join('\n'),
  )
  const [co2, setCo2] = useState(String(first?.co2KgPerKWh ?? ''))
  const [source, setSource] = useState('')
  const [isChecked, setIsChecked] = useState(false)
  const save = useMutation({
    mutationFn: api.management.setTariff,
    onSuccess: async data => {
      client.setQueryData(queryKeys.tariffs, data)
      await client.invalidateQueries({ queryKey: queryKeys.everyMeasure })
    },
  })
  const fenPerKWh = readBands(bands)
  const co2KgPerKWh = Number(co2)
  const isCo2Wrong = co2.trim() === '' || !(co2KgPerKWh >= 0 && co2KgPerKWh <= 2)
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault()
    setIsChecked(true)
    if (fenPerKWh === undefined || isCo2Wrong || source.trim().length < 3 || from === '' || save.isPending) return
    save.mutate({ district, from, fenPerKWh, co2KgPerKWh, source: source.trim() })
  }
  if (first === undefined) return null
  const districts = [...new Set(known.map(one => one.district))]
  return (
    <details className={styles['disclosure']} data-form="tariff">
      <summary>{say('energy.setTariff')}</summary>
      <form className={styles['form']} onSubmit={onSubmit} noValidate>
        <NativeSelect
          label={say('region.label')}
          data={districts.map(value => ({ value, label: nameOf(value) }))}
          value={district}
          onChange={event => setDistrict(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={say('energy.from')}
          value={from}
          onChange={event => setFrom(event.currentTarget.value)}
        />
        <Textarea
          rows={6}
          label={say('energy.bands')}
          description={say('energy.bandsNote')}
          value={bands}
          error={isChecked && fenPerKWh === undefined && say('energy.bandsWrong')}
          onChange={event => setBands(event.currentTarget.value)}
        />
        <TextInput
          inputMode="decimal"
          label={say('energy.co2')}
          value={co2}
          error={isChecked && isCo2Wrong && say('usage.notANumber')}
          onChange={event => setCo2(event.currentTarget.value)}
        />
        <TextInput
          label={say('energy.source')}
          value={source}
          maxLength={300}
          error={isChecked && source.trim().length < 3 && say('energy.sourceNeeded')}
          onChange={event => setSource(event.currentTarget.value)}
        />
        <Button type="submit" loading={save.isPending}>
          {say('usage.save')}
        </Button>
      </form>
      {save.isError && (
        <p role="alert" className={styles['error']}>
          {failureText(save.error, say)}
        </p>
      )}
    </details>
  )
}
