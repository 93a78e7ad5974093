import type { ReactNode } from 'react'
import { AnchorIcon } from '../shell/icons.tsx'
import { LanguageSwitch, SchemeSwitch } from '../shell/preferences.tsx'
import { useWords } from '../words/words.tsx'
import styles from './session.module.css'

/** A page for those who are not signed in: one box, the project's name, and the settings. */
export function Alone({ title, children }: { title: string; children: ReactNode }) {
  const { say } = useWords()
  return (
    <main className={styles['alone']}>
      <title>{`${title} · ${say('product')}`}</title>
      <div className={styles['box']}>
        <p className={styles['brand']}>
          <AnchorIcon />
          <span>
            {say('product')} · {say('console')}
          </span>
        </p>
        {children}
        <div className={styles['preferences']}>
          <LanguageSwitch />
          <SchemeSwitch />
        </div>
      </div>
    </main>
  )
}
