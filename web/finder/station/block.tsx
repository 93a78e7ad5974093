import type { ReactNode } from 'react'
import { Icon, type IconName } from '../parts/icons.tsx'

/** A part of a station's page under its own heading. */
export function Block({ icon, title, children }: { icon: IconName; title: string; children: ReactNode }) {
  return (
    <section className="block">
      <h2>
        <Icon name={icon} />
        {title}
      </h2>
      {children}
    </section>
  )
}
