import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { TickBox } from '../shell/tick-box.tsx'
import { useWords } from '../words/words.tsx'
import own from './crews.module.css'

/** More than so many people are found by their name: a longer list is no choice on a phone. */
const SHOWN = 12

interface MembersProps {
  people: readonly { login: string; name: string }[]
  /** Logins. */
  chosen: readonly string[]
  onToggle: (login: string) => void
}

/** The people of a crew, those who are in it first. */
export function Members({ people, chosen, onToggle }: MembersProps) {
  const { say } = useWords()
  const [text, setText] = useState('')
  // Who was in it when the form was opened stays on top, so that nobody jumps away under a thumb.
  const [first] = useState(chosen)
  const wanted = text.trim().toLowerCase()
  const found = people
    .filter(({ login, name }) => `${name} ${login}`.toLowerCase().includes(wanted))
    .sort((a, b) => Number(first.includes(b.login)) - Number(first.includes(a.login)))
  const shown = found.filter(({ login }, index) => index < SHOWN || chosen.includes(login))
  return (
    <fieldset className={own['choices']}>
      <legend>{say('crew.members')}</legend>
      {people.length > SHOWN && (
        <TextInput
          type="search"
          name="find-member"
          className={own['whole']}
          aria-label={say('crew.findMember')}
          placeholder={say('crew.findMember')}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
      )}
      {shown.map(({ login, name }) => (
        <TickBox
          key={login}
          name={`member-${login}`}
          label={name}
          isOn={chosen.includes(login)}
          onToggle={() => onToggle(login)}
        />
      ))}
      {shown.length === 0 && <p className="quiet">{say('crew.nobodyFound')}</p>}
    </fieldset>
  )
}
