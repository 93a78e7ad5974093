import type { ReactNode } from 'react'
import styles from './part.module.css'

/** What a page of one thing is made of: two columns side by side where there is room. */
export function Parts({ children }: { children: ReactNode }) {
  return <div className={styles['parts']}>{children}</div>
}

export function Column({ children }: { children: ReactNode }) {
  return <div className={styles['column']}>{children}</div>
}

/** A card with a title. `name`: what tests and styles know it by. */
export function Part({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  return (
    <section className={`card ${styles['part']}`} data-part={name}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}
