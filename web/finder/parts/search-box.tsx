import { useEffect, useRef, useState } from 'react'
import { useFinder } from '../finder-context.ts'
import { MAX_TEXT_LENGTH } from '../question.ts'
import { Icon } from './icons.tsx'

/** Between two keys of a fast thumb. */
const TYPING_MS = 300

interface SearchBoxProps {
  text: string
  onSearch: (text: string) => void
}

/**
 * Finds stations by what is typed, while it is typed. While an input method composes Han characters, what stands in the box
 * is half a syllable: nothing is looked for until it is taken.
 */
export function SearchBox({ text, onSearch }: SearchBoxProps) {
  const { t } = useFinder()
  const [typed, setTyped] = useState(text)
  const composing = useRef(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const input = useRef<HTMLInputElement>(null)

  // "Back" and links change the question from outside.
  const [before, setBefore] = useState(text)
  if (before !== text) {
    setBefore(text)
    if (typed.trim() !== text) setTyped(text)
  }
  useEffect(() => () => clearTimeout(timer.current), [])

  const searchIn = (value: string, delayMs: number) => {
    clearTimeout(timer.current)
    if (value.trim() === text) return
    timer.current = setTimeout(() => onSearch(value.trim()), delayMs)
  }
  const change = (value: string) => {
    setTyped(value)
    if (!composing.current) searchIn(value, TYPING_MS)
  }
  return (
    <form
      role="search"
      className="search"
      onSubmit={event => {
        event.preventDefault()
        searchIn(typed, 0)
        input.current?.blur() // The keyboard of a phone hides what was found.
      }}
    >
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        name="q"
        aria-label={t('search.label')}
        placeholder={t('search.hint')}
        autoComplete="off"
        enterKeyHint="search"
        maxLength={MAX_TEXT_LENGTH}
        value={typed}
        onCompositionStart={() => {
          composing.current = true
          clearTimeout(timer.current)
        }}
        onCompositionEnd={event => {
          composing.current = false
          change(event.currentTarget.value)
        }}
        onInput={event => change(event.currentTarget.value)}
      />
      {typed !== '' && (
        <button
          type="button"
          className="search-clear"
          aria-label={t('search.clear')}
          onClick={() => {
            setTyped('')
            searchIn('', 0)
            input.current?.focus()
          }}
        >
          <Icon name="cross" />
        </button>
      )}
    </form>
  )
}
