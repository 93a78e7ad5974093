import { LANGUAGES, LOCALES, type Language } from '../../shared/i18n/language.ts'
import { useFinder } from '../finder-context.ts'
import type { Theme } from '../theme.ts'
import { BrandMark, Icon } from './icons.tsx'

/** Each language in itself: whoever looks for theirs cannot read the other. */
const NAMES: Readonly<Record<Language, string>> = { zh: '中文', en: 'English' }

interface HeaderProps {
  language: Language
  demo: boolean
  onLanguage: (language: Language) => void
  theme: Theme
  onTheme: (theme: Theme) => void
}

/** Whose page this is, the way to read it in the sun, and the way to the other language. */
export function Header({ language, demo, onLanguage, theme, onTheme }: HeaderProps) {
  const { t } = useFinder()
  const other = LANGUAGES.find(candidate => candidate !== language) ?? language
  return (
    <header className="header">
      <BrandMark />
      <p className="brand">{t('brand')}</p>
      {demo && <span className="demo">{t('brand.demo')}</span>}
      <button
        type="button"
        className="look"
        aria-pressed={theme === 'sun'}
        aria-label={t('theme.sun')}
        title={t('theme.sun')}
        onClick={() => onTheme(theme === 'sun' ? 'auto' : 'sun')}
      >
        <Icon name="look" />
      </button>
      <button type="button" className="language" lang={LOCALES[other]} onClick={() => onLanguage(other)}>
        {NAMES[other]}
      </button>
    </header>
  )
}
