import { useVisitTexts } from './texts/texts.ts'

const STARS = [1, 2, 3, 4, 5] as const

interface StarChooserProps {
  stars: number | undefined
  onChange: (stars: number | undefined) => void
}

/** One to five stars, or none given. */
export function StarChooser({ stars, onChange }: StarChooserProps) {
  const t = useVisitTexts()
  return (
    <fieldset>
      <legend>{t('report.stars')}</legend>
      <div className="stars">
        {STARS.map(count => (
          <label key={count} className={`star${stars !== undefined && count <= stars ? ' star-on' : ''}`}>
            <input
              type="radio"
              name="stars"
              value={count}
              checked={stars === count}
              onChange={() => onChange(count)}
              aria-label={t('report.starCount', { count })}
            />
            <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
              <path d="M12 3.2l2.700 5.600 6.100.800-4.500 4.200 1.100 6.100-5.400-3-5.400 3 1.100-6.100L3.200 9.600l6.100-.8z" />
            </svg>
          </label>
        ))}
        <label className="choice">
          <input
            type="radio"
            name="stars"
            value=""
            checked={stars === undefined}
            onChange={() => onChange(undefined)}
          />
          <span>{t('report.noStars')}</span>
        </label>
      </div>
    </fieldset>
  )
}
