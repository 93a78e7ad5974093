import { useQuery } from '@tanstack/react-query'
import { useConsole } from '../console-context.ts'
import { useSession } from '../session/use-session.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { Age } from '../time/age.tsx'
import { useWords } from '../words/words.tsx'
import { AccountsPart } from './accounts-part.tsx'
import styles from './automation.module.css'
import { ChannelsPart } from './channels-part.tsx'
import { useAutomationState } from './silent-bar.tsx'

/** Programs that act by themselves: whether they run, what they did, and for administrators what they may do. */
export function AutomationPage() {
  const { say } = useWords()
  const isAdministrator = useSession().data?.role === 'administrator'
  return (
    <Page title={say('automation.title')}>
      <p className="quiet">{say('automation.intro')}</p>
      <Running />
      {isAdministrator && (
        <>
          <AccountsPart />
          <ChannelsPart />
        </>
      )}
      <Acts />
    </Page>
  )
}

function Running() {
  const { say } = useWords()
  const state = useAutomationState()
  return (
    <section className={`card ${styles['part']}`} data-part="running">
      <h2>{say('automation.running')}</h2>
      {state.isError && <Failure error={state.error} retry={() => void state.refetch()} />}
      {state.data?.accounts.length === 0 && <p className="quiet">{say('automation.noAccounts')}</p>}
      {state.data?.accounts.map(({ account, state: how, heardAt, flows }) => (
        <section key={account} className={styles['list']} data-account={account} data-state={how}>
          <h3>
            {account}: {say(`automation.state.${how}`)} {heardAt !== undefined && <Age at={heardAt} />}
          </h3>
          {flows.length === 0 && <p className="quiet">{say('automation.noFlows')}</p>}
          <ul className={styles['list']}>
            {flows.map(flow => (
              <li key={flow.id} className={styles['row']}>
                <span>{flow.name}</span>
                <span className="quiet">
                  {say(`automation.flowState.${flow.state}`)} {flow.reason}{' '}
                  {flow.lastRunAt !== undefined && <Age at={flow.lastRunAt} />}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  )
}

function Acts() {
  const { say } = useWords()
  const { api } = useConsole()
  const acts = useQuery({ queryKey: ['automation', 'acts'], queryFn: ({ signal }) => api.automation.acts(signal) })
  return (
    <section className={`card ${styles['part']}`} data-part="acts">
      <h2>{say('automation.acts')}</h2>
      {acts.isError && <Failure error={acts.error} retry={() => void acts.refetch()} />}
      {acts.data?.acts.length === 0 && <p className="quiet">{say('automation.noActs')}</p>}
      <ul className={styles['list']}>
        {acts.data?.acts.map(({ at, account, flow, method, path, reason }, index) => (
          <li key={index}>
            <Age at={at} /> · {account} {flow !== undefined && `· ${say('automation.flow', { flow })}`}{' '}
            <code className={styles['token']}>
              {method.toUpperCase()} {path}
            </code>{' '}
            {reason !== undefined && <strong>{say('automation.actRefused', { reason })}</strong>}
          </li>
        ))}
      </ul>
    </section>
  )
}
