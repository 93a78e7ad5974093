import type { StationDetail, StationView } from '@harbor/protocol'
import { useState } from 'react'
import { inLanguage, useFinder } from '../finder-context.ts'
import { Icon } from '../parts/icons.tsx'
import { followInPage } from '../parts/station-card.tsx'
import { copyText } from '../way/copy-text.ts'
import { useStationTexts } from './texts/texts.ts'

/** What a visitor does first: go there, call, tell a colleague. */
export function StationActs({ view, detail }: { view: StationView; detail: StationDetail | undefined }) {
  const t = useStationTexts()
  const phone = detail?.phone
  return (
    <div className="acts">
      <a className="act act-first" href="#way" onClick={event => followInPage(event, showWay)}>
        <Icon name="place" />
        {t('acts.way')}
      </a>
      {phone !== undefined && (
        <a className="act" href={`tel:${phone.replace(/[^+\d]/g, '')}`} aria-label={t('acts.callNumber', { phone })}>
          {t('acts.call')}
        </a>
      )}
      <Share view={view} />
    </div>
  )
}

function showWay(): void {
  const title = document.getElementById('way-title')
  title?.scrollIntoView()
  title?.focus({ preventScroll: true })
}

/** By the phone's own way of sharing, where it has one; else the link is copied. */
function Share({ view }: { view: StationView }) {
  const t = useStationTexts()
  const { language } = useFinder()
  const [said, setSaid] = useState('')
  const share = async () => {
    const url = `${window.location.origin}/s/${view.id}`
    const name = inLanguage(language, view.nameZh, view.nameEn)
    if ('share' in navigator) {
      try {
        await navigator.share({ title: name, text: t('share.text', { name }), url })
        return
      } catch (error) {
        // The visitor thought better of it; anything else falls back on copying.
        if (error instanceof DOMException && error.name === 'AbortError') return
      }
    }
    setSaid((await copyText(url)) ? t('acts.copied') : t('acts.copyFailed', { link: url }))
  }
  return (
    <>
      <button type="button" className="act" onClick={() => void share()}>
        {t('acts.share')}
      </button>
      <p role="status" className="acts-said quiet">
        {said}
      </p>
    </>
  )
}
