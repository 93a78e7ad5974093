import { FIGURES, FIGURE_DEFINITIONS, USAGE_DEFINITIONS, USAGE_FIGURES } from '@harbor/protocol'
import { useEffect } from 'react'
import { useLocation } from 'react-router'
import styles from '../measure/measure.module.css'
import { Page } from '../shell/page.tsx'
import { useWords } from '../words/words.tsx'

/** What every figure means, from the one table that computes, shows and exports it. */
export function DefinitionsPage() {
  const { say, language } = useWords()
  const isZh = language === 'zh'
  const { hash } = useLocation()
  useEffect(() => {
    // After the shell has gone to the page's start.
    const frame = requestAnimationFrame(() => document.getElementById(hash.slice(1))?.scrollIntoView())
    return () => cancelAnimationFrame(frame)
  }, [hash])
  return (
    <Page title={say('nav.definitions')}>
      <p className="quiet">{say('usage.definitionsNote')}</p>
      <h2>{say('usage.definitionsUse')}</h2>
      <dl className={styles['figures']}>
        {USAGE_FIGURES.map(figure => {
          const one = USAGE_DEFINITIONS[figure]
          return (
            <div
              key={figure}
              id={figure}
              className={`card ${styles['definition']}`}
              data-chosen={hash === `#${figure}`}
            >
              <dt>{isZh ? one.nameZh : one.nameEn}</dt>
              <dd>{isZh ? one.textZh : one.textEn}</dd>
              <dd className="quiet">
                {say('usage.unitAndBand', {
                  unit: say(`measure.unit.${one.unit}`),
                  band: isZh ? one.bandZh : one.bandEn,
                })}
              </dd>
            </div>
          )
        })}
      </dl>
      <h2>{say('figure.title')}</h2>
      <dl className={styles['figures']}>
        {FIGURES.map(figure => {
          const one = FIGURE_DEFINITIONS[figure]
          return (
            <div
              key={figure}
              id={figure}
              className={`card ${styles['definition']}`}
              data-chosen={hash === `#${figure}`}
            >
              <dt>{isZh ? one.nameZh : one.nameEn}</dt>
              <dd>{isZh ? one.textZh : one.textEn}</dd>
            </div>
          )
        })}
      </dl>
    </Page>
  )
}
