import { Button } from '@mantine/core'
import type { CommandView, StationDetail } from '@harbor/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CommandAction } from '../api/inbox-api.ts'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './on-site.module.css'

/** While a command waits for its plug it is asked about so often. */
const ASK_EVERY_MS = 1_000

interface TestSwitchProps {
  device: string
  /** The appliance, in the reader's words. */
  what: string
  relay: StationDetail['readings'][number] | undefined
}

/** Cuts the power and gives it back; each shows as done only once the plug itself has said so. To cut takes a second press. */
export function TestSwitch({ device, what, relay }: TestSwitchProps) {
  const { say } = useWords()
  const { api } = useConsole()
  const client = useQueryClient()
  const [isAsked, setIsAsked] = useState(false)
  /** The command of this page: others' are theirs. */
  const [sent, setSent] = useState<CommandView>()
  const news = useQuery({
    queryKey: queryKeys.commands(device),
    queryFn: ({ signal }) => api.inboxes.commands(device, signal),
    enabled: sent !== undefined,
    refetchInterval: query =>
      query.state.data?.find(({ id }) => id === sent?.id)?.state === 'sent' || query.state.data === undefined
        ? ASK_EVERY_MS
        : false,
  })
  const send = useMutation({
    mutationFn: (action: CommandAction) => api.inboxes.command(device, action),
    onSuccess(command) {
      setSent(command)
      client.setQueryData<CommandView[]>(queryKeys.commands(device), (known = []) => [command, ...known])
      void client.invalidateQueries({ queryKey: queryKeys.commands(device) })
    },
  })
  const command = sent && (news.data?.find(({ id }) => id === sent.id) ?? sent)
  const isBusy = send.isPending || command?.state === 'sent'
  const press = (action: CommandAction) => {
    setIsAsked(false)
    if (!isBusy) send.mutate(action)
  }
  return (
    <div className={styles['switch']} data-switch={device}>
      <h3>{say('inbox.siteSwitch')}</h3>
      <p className="quiet">{say('inbox.siteSwitchHint')}</p>
      {relay !== undefined && (
        <p data-testid="relay" data-on={relay.value !== 0}>
          {say('metric.relay')}:{' '}
          <strong>{say(relay.value === 0 ? 'stateValue.relay.off' : 'stateValue.relay.on')}</strong>
        </p>
      )}
      {isAsked ? (
        <div className={styles['confirm']} role="group" aria-label={say('inbox.siteConfirm', { what })}>
          <p>{say('inbox.siteConfirm', { what })}</p>
          <Button color="red.9" data-act="confirm-off" onClick={() => press('relay-off')}>
            {say('inbox.siteConfirmYes')}
          </Button>
          <Button variant="default" onClick={() => setIsAsked(false)}>
            {say('inbox.siteConfirmNo')}
          </Button>
        </div>
      ) : (
        <div className={styles['buttons']}>
          <Button variant="default" data-act="off" aria-disabled={isBusy} onClick={() => isBusy || setIsAsked(true)}>
            {say('inbox.siteOff')}
          </Button>
          <Button variant="default" data-act="on" aria-disabled={isBusy} onClick={() => press('relay-on')}>
            {say('inbox.siteOn')}
          </Button>
        </div>
      )}
      <p role="status" className={styles['result']} data-testid="command" data-state={command?.state}>
        {command !== undefined &&
          say('inbox.siteCommandOf', {
            action: say(command.action === 'relay-off' ? 'inbox.siteOff' : 'inbox.siteOn'),
            result: say(`inbox.siteCommand.${command.state}`, { reason: command.reason ?? '' }),
          })}
      </p>
      {send.isError && (
        <p role="alert" className={styles['problem']}>
          {say('order.failed', { reason: failureText(send.error, say) })}
        </p>
      )}
    </div>
  )
}
