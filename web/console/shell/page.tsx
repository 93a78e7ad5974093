import type { ReactNode } from 'react'
import { useWords } from '../words/words.tsx'
import styles from './page.module.css'

/** A page's heading, the browser tab's title, and its content at a readable width. */
export function Page({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const { say } = useWords()
  return (
    <div className={styles['page']}>
      <title>{`${title} · ${say('product')}`}</title>
      <div className={styles['head']}>
        <h1>{title}</h1>
        {aside}
      </div>
      {children}
    </div>
  )
}
