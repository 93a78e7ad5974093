import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { LANGUAGES, type Language } from '../../shared/i18n/language.ts'
import { useWords } from '../words/words.tsx'
import styles from './preferences.module.css'

/** Each language is named in itself, so that whoever is lost in the other one finds the way back. */
const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { zh: '中文', en: 'English' }

/** Language of the page. */
export function LanguageSwitch() {
  const { say, language, setLanguage } = useWords()
  return (
    <SegmentedControl
      fullWidth
      aria-label={say('preferences.language')}
      data={LANGUAGES.map(value => ({ value, label: LANGUAGE_NAMES[value] }))}
      value={language}
      onChange={setLanguage}
    />
  )
}

/** Light, dark, or as the system says. */
export function SchemeSwitch() {
  const { say } = useWords()
  // Without "keepTransitions" Mantine adds a style element, which the content security policy blocks.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  return (
    <SegmentedControl
      fullWidth
      aria-label={say('preferences.scheme')}
      data={[
        { value: 'light', label: say('preferences.light') },
        { value: 'dark', label: say('preferences.dark') },
        { value: 'auto', label: say('preferences.auto') },
      ]}
      value={colorScheme}
      onChange={setColorScheme}
    />
  )
}

/** Both choices with their headings. */
export function Preferences() {
  const { say } = useWords()
  return (
    <div className={styles['preferences']}>
      <p className={styles['label']}>{say('preferences.language')}</p>
      <LanguageSwitch />
      <p className={styles['label']}>{say('preferences.scheme')}</p>
      <SchemeSwitch />
    </div>
  )
}
