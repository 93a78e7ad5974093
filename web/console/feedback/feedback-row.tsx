import type { FeedbackView, Role } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { Link } from 'react-router'
import { useSession } from '../session/use-session.ts'
import { failureText } from '../shell/failure.tsx'
import { Age } from '../time/age.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './feedback.module.css'
import { FeedbackPhotos } from './feedback-photos.tsx'
import { ReplyForm } from './reply-form.tsx'
import { useFeedbackAct } from './use-feedback.ts'
import { WorkForm } from './work-form.tsx'

/** As the server allows it. */
const MAY_ANSWER: readonly Role[] = ['keeper', 'maintainer', 'manager', 'administrator']

/** One report: what, where, in the visitor's words, and what was done about it. */
export function FeedbackRow({ report }: { report: FeedbackView }) {
  const { say, language } = useWords()
  const role = useSession().data?.role
  const mayAnswer = role !== undefined && MAY_ANSWER.includes(role)
  const station = localName(language, { nameZh: report.stationNameZh, nameEn: report.stationNameEn })
  const topic = say(`feedback.topic.${report.topic}`)
  return (
    <li className={`card ${styles['row']}`} data-report={report.id} data-topic={report.topic} data-state={report.state}>
      <div className={styles['title']}>
        <h2>
          {topic}
          {report.applianceKind !== undefined && ` · ${say(`appliance.${report.applianceKind}`)}`}
        </h2>
        <span className={styles['state']}>{say(`feedback.stateOf.${report.state}`)}</span>
      </div>
      <p className={styles['where']}>
        <Link to={`/stations/${report.station}`} className={styles['station']}>
          {station}
        </Link>
        <span className="quiet">
          {say(report.writtenAt === report.receivedAt ? 'feedback.received' : 'feedback.written')}{' '}
          <Age at={report.writtenAt} />
        </span>
        {report.workOrder !== undefined && (
          <Link to={`/work-orders/${report.workOrder}`} className={styles['station']}>
            {say('feedback.toOrder')}
          </Link>
        )}
      </p>
      {report.stars !== undefined && (
        <p>
          <span aria-hidden="true" className={styles['stars']}>
            {'★'.repeat(report.stars)}
            {'☆'.repeat(5 - report.stars)}
          </span>
          <span className="for-screen-readers">{say('feedback.stars', { count: report.stars })}</span>
        </p>
      )}
      {/* A stranger's words: text and nothing else, whatever stands in it. */}
      {report.text !== undefined && <p className={styles['text']}>{report.text}</p>}
      <FeedbackPhotos report={report} />
      {report.fixed !== undefined && <p>{say(report.fixed ? 'feedback.fixedYes' : 'feedback.fixedNo')}</p>}
      {report.reply !== undefined && (
        <blockquote className={styles['reply']}>
          <p className="quiet">
            {say('feedback.replyBy', { name: report.reply.by })} <Age at={report.reply.at} />
          </p>
          <p className={styles['text']}>{report.reply.text}</p>
        </blockquote>
      )}
      {report.closed !== undefined && (
        <p className="quiet">
          {report.closed.by === undefined
            ? say('feedback.closedItself')
            : say('feedback.closedBy', { name: report.closed.by })}{' '}
          <Age at={report.closed.at} />
        </p>
      )}
      {mayAnswer && report.state !== 'closed' && (
        <div className={styles['acts']}>
          <ReplyForm report={report} />
          {report.workOrder === undefined && <WorkForm report={report} />}
          <Close report={report} label={say('feedback.closeNamed', { station, topic })} />
        </div>
      )}
    </li>
  )
}

function Close({ report, label }: { report: FeedbackView; label: string }) {
  const { say } = useWords()
  const close = useFeedbackAct((api, id: string) => api.close(id), say('feedback.closed'))
  return (
    <div>
      <Button
        variant="default"
        aria-label={label}
        aria-disabled={close.isPending}
        onClick={() => close.isPending || close.mutate(report.id)}
      >
        {say('feedback.close')}
      </Button>
      {close.isError && (
        <p role="alert" className={styles['problem']}>
          {say('feedback.failed', { reason: failureText(close.error, say) })}
        </p>
      )}
    </div>
  )
}
