import { inLanguage, useFinder } from '../finder-context.ts'
import type { City } from '../use-cities.ts'

/** One button each; a country's other cities are in a list behind them. */
const BUTTONS = 8

interface CityChooserProps {
  /** Those with most stations first. */
  cities: readonly City[]
  /** Code of the one that was chosen on this visit. */
  chosen: string | undefined
  onChoose: (city: City) => void
}

/** For whoever has told nothing of where they are: a city with one tap, each with how many stations are open in it. */
export function CityChooser({ cities, chosen, onChoose }: CityChooserProps) {
  const { t, language } = useFinder()
  if (cities.length < 2) return null
  const nameOf = ({ nameZh, nameEn }: City) => inLanguage(language, nameZh, nameEn)
  const others = cities.slice(BUTTONS).sort((a, b) => nameOf(a).localeCompare(nameOf(b), language))
  return (
    <div className="filters cities" role="group" aria-label={t('city.title')}>
      {cities.slice(0, BUTTONS).map(city => (
        <button
          key={city.code}
          type="button"
          className="filter"
          aria-pressed={city.code === chosen}
          data-city={city.code}
          onClick={() => onChoose(city)}
        >
          {t('city.open', { city: nameOf(city), count: city.open })}
        </button>
      ))}
      {others.length > 0 && (
        <select
          className="filter"
          aria-label={t('city.others')}
          value={others.some(({ code }) => code === chosen) ? chosen : ''}
          onChange={event => {
            const city = others.find(({ code }) => code === event.currentTarget.value)
            if (city !== undefined) onChoose(city)
          }}
        >
          <option value="">{t('city.others')}</option>
          {others.map(city => (
            <option key={city.code} value={city.code}>
              {t('city.open', { city: nameOf(city), count: city.open })}
            </option>
          ))}
        </select>
      )}
    </div>
  )
}
