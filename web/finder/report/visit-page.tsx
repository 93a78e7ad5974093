import { type ReactNode, useEffect, useRef } from 'react'
import { Icon } from '../parts/icons.tsx'
import { followInPage } from '../parts/station-card.tsx'
import '../station/choice.css'
import './report.css'

interface VisitPageProps {
  title: string
  /** Where it is about. */
  place?: string | undefined
  back: { path: string; text: string }
  go: (path: string) => void
  children: ReactNode
}

/** The frame of a page of its own: the way back, and a heading that has the focus when the page opens. */
export function VisitPage({ title, place, back, go, children }: VisitPageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = place === undefined ? title : `${title} · ${place}`
    heading.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [title, place])
  return (
    <div className="station visit">
      <a className="back" href={back.path} onClick={event => followInPage(event, () => go(back.path))}>
        <Icon name="back" />
        {back.text}
      </a>
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {place !== undefined && <p className="visit-place">{place}</p>}
      {children}
    </div>
  )
}
