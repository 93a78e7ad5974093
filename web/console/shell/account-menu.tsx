import { Button, Popover } from '@mantine/core'
import type { Person } from '@harbor/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { forgetSession } from '../api/query-client.ts'
import { useConsole } from '../console-context.ts'
import { leaveDevice } from '../tell/push.ts'
import { UnsentWarning } from '../offline/unsent.tsx'
import { useWords } from '../words/words.tsx'
import styles from './account-menu.module.css'
import { PersonIcon } from './icons.tsx'
import { Preferences } from './preferences.tsx'

/** Who is signed in, the page's settings, and the way out. */
export function AccountMenu({ person }: { person: Person }) {
  const { say } = useWords()
  const [isOpen, setIsOpen] = useState(false)
  // A menu that stayed would lie over the page that it led to.
  const close = () => setIsOpen(false)
  const districts =
    person.districts.length === 0
      ? say('account.allDistricts')
      : say('account.districts', { count: person.districts.length })
  return (
    <Popover
      opened={isOpen}
      onChange={setIsOpen}
      position="bottom-end"
      width={288}
      trapFocus
      shadow="md"
      withinPortal={false}
      radius="md"
    >
      <Popover.Target>
        <button type="button" className={styles['open']} onClick={() => setIsOpen(!isOpen)}>
          <PersonIcon />
          <span className={styles['name']}>{person.name}</span>
          <span className="for-screen-readers">{say('preferences.open')}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles['panel']} aria-label={say('preferences.open')}>
        <div>
          <p className="quiet">{say('account.signedInAs')}</p>
          <p className={styles['person']}>{person.name}</p>
          <p className="quiet">
            {say(`role.${person.role}`)} · {districts}
          </p>
        </div>
        <nav aria-label={say('tell.more')} className={styles['more']}>
          <Link to="/tell" onClick={close}>
            {say('tell.title')}
          </Link>
          <Link to="/account" onClick={close}>
            {say('ownAccount.title')}
          </Link>
        </nav>
        <Preferences />
        <SignOut login={person.login} />
      </Popover.Dropdown>
    </Popover>
  )
}

function SignOut({ login }: { login: string }) {
  const { say } = useWords()
  const { api, offline } = useConsole()
  const client = useQueryClient()
  const signOut = useMutation({
    async mutationFn() {
      // A device that the server does not know, or cannot be told of now, keeps nobody from signing out.
      await leaveDevice(api.tell.removeDevice).catch(() => undefined)
      return api.signOut()
    },
    async onSuccess() {
      await offline.forgetPerson(login)
      forgetSession(client)
    },
  })
  return (
    <div className={styles['out']}>
      <UnsentWarning />
      {signOut.isError && <p role="alert">{say('account.signOutFailed')}</p>}
      <Button variant="default" fullWidth loading={signOut.isPending} onClick={() => signOut.mutate()}>
        {say('account.signOut')}
      </Button>
    </div>
  )
}
