import type { FeedbackView, Role } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { feedbackPhotoUrl } from '../api/feedback-api.ts'
import { useSession } from '../session/use-session.ts'
import { failureText } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'
import styles from './feedback.module.css'
import { useFeedbackAct } from './use-feedback.ts'

/** As the server allows it. */
const MAY_RELEASE: readonly Role[] = ['keeper', 'manager', 'administrator']

/** A report's photos: for staff, until one of them shows one to all. */
export function FeedbackPhotos({ report }: { report: FeedbackView }) {
  const role = useSession().data?.role
  if (report.photos.length === 0) return null
  const mayRelease = role !== undefined && MAY_RELEASE.includes(role)
  return (
    <ul className={styles['photos']}>
      {report.photos.map((photo, index) => (
        <Photo key={photo.id} photo={photo} number={index + 1} mayRelease={mayRelease} />
      ))}
    </ul>
  )
}

interface PhotoProps {
  photo: FeedbackView['photos'][number]
  number: number
  mayRelease: boolean
}

function Photo({ photo, number, mayRelease }: PhotoProps) {
  const { say } = useWords()
  const isReleased = photo.released !== undefined
  const act = useFeedbackAct(
    (api, id: string) => (isReleased ? api.withdraw(id) : api.release(id)),
    say(isReleased ? 'feedback.photoWithdrawn' : 'feedback.photoReleased'),
  )
  const url = feedbackPhotoUrl(photo.id)
  return (
    <li data-photo={photo.id} data-released={isReleased}>
      <a href={url} target="_blank" rel="noreferrer">
        <img src={url} alt={say('feedback.photo', { number })} loading="lazy" width={96} height={96} />
      </a>
      <span className="quiet">{say(isReleased ? 'feedback.released' : 'feedback.staffOnly')}</span>
      {mayRelease && (
        <Button
          px="sm"
          variant="default"
          aria-label={say(isReleased ? 'feedback.withdrawNamed' : 'feedback.releaseNamed', { number })}
          aria-disabled={act.isPending}
          onClick={() => act.isPending || act.mutate(photo.id)}
        >
          {say(isReleased ? 'feedback.withdraw' : 'feedback.release')}
        </Button>
      )}
      {act.isError && (
        <p role="alert" className={styles['problem']}>
          {say('feedback.failed', { reason: failureText(act.error, say) })}
        </p>
      )}
    </li>
  )
}
