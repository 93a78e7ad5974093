import type { FeedbackView } from '@harbor/protocol'
import { Button, Textarea } from '@mantine/core'
import { type SyntheticEvent, useState } from 'react'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './feedback.module.css'
import { useFeedbackAct } from './use-feedback.ts'

/** A public reply: closed until somebody wants to write one. */
export function ReplyForm({ report }: { report: FeedbackView }) {
  const { say } = useWords()
  const [text, setText] = useState('')
  const [isMissing, setIsMissing] = useState(false)
  /** Counts the replies sent: each closes the form by making it anew. */
  const [sent, setSent] = useState(0)
  const reply = useFeedbackAct((api, words: string) => api.reply(report.id, words), say('feedback.replied'))
  const close = useFeedbackAct((api, words: string) => api.close(report.id, words), say('feedback.closed'))
  const failed = reply.error ?? close.error
  const send = (act: typeof reply) => (event: SyntheticEvent) => {
    event.preventDefault()
    const words = text.trim()
    setIsMissing(words === '')
    if (words === '' || reply.isPending || close.isPending) return
    act.mutate(words, {
      onSuccess: () => {
        setText('')
        setSent(sent + 1)
      },
    })
  }
  return (
    <details key={sent} className={styles['disclosure']} data-form="reply">
      <summary>{say('feedback.reply')}</summary>
      <form className={styles['form']} onSubmit={send(reply)} noValidate>
        <Textarea
          name="reply"
          label={say('feedback.replyText')}
          description={say('feedback.replyHint')}
          maxLength={500}
          rows={3}
          required
          value={text}
          error={isMissing && say('feedback.replyMissing')}
          onChange={event => setText(event.currentTarget.value)}
        />
        <Button type="submit" aria-disabled={reply.isPending}>
          {say('feedback.send')}
        </Button>
        <Button variant="default" data-act="reply-and-close" aria-disabled={close.isPending} onClick={send(close)}>
          {say('feedback.sendAndClose')}
        </Button>
        {failed !== null && (
          <p role="alert" className={styles['problem']}>
            {say('feedback.failed', { reason: failureText(failed, say) })}
          </p>
        )}
      </form>
    </details>
  )
}
