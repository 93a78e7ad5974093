import { useFinder } from '../finder-context.ts'
import { THEMES, type Theme } from '../theme.ts'

/** How the page looks, at the end of the list. */
export function ThemeChoice({ theme, onTheme }: { theme: Theme; onTheme: (theme: Theme) => void }) {
  const { t } = useFinder()
  return (
    <fieldset className="theme-choice">
      <legend>{t('theme.title')}</legend>
      {THEMES.map(one => (
        <label key={one}>
          <input type="radio" name="theme" checked={theme === one} onChange={() => onTheme(one)} />
          <span>{t(`theme.${one}`)}</span>
        </label>
      ))}
    </fieldset>
  )
}
