import { MAX_LINE_PHOTOS } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useWords } from '../words/words.tsx'
import { shrinkPhoto } from '../work-orders/shrink-photo.ts'
import styles from './checklists.module.css'

interface PhotoFieldProps {
  photos: readonly Blob[]
  /** What they are of. */
  label: string
  onChange: (photos: readonly Blob[]) => void
}

/** Pictures of one line, at most MAX_LINE_PHOTOS, made small before they are kept. */
export function PhotoField({ photos, label, onChange }: PhotoFieldProps) {
  const { say } = useWords()
  const [isUnreadable, setIsUnreadable] = useState(false)
  const add = async (file: File | undefined) => {
    if (file === undefined) return
    try {
      const blob = await shrinkPhoto(file)
      setIsUnreadable(false)
      onChange([...photos, blob])
    } catch {
      setIsUnreadable(true) // No picture that this browser can read: the person is told, and picks another.
    }
  }
  return (
    <div className={styles['photos']}>
      {photos.map((photo, index) => (
        <div key={index} className={styles['photo']}>
          <Picture blob={photo} label={say('checklist.photoOf', { line: label, number: index + 1 })} />
          <Button
            variant="subtle"
            px="xs"
            aria-label={say('checklist.removePhoto', { number: index + 1 })}
            onClick={() => onChange(photos.filter(one => one !== photo))}
          >
            ×
          </Button>
        </div>
      ))}
      {photos.length < MAX_LINE_PHOTOS && (
        <label className={styles['camera']}>
          <input
            type="file"
            accept="image/*"
            capture="environment"
            className="for-screen-readers"
            aria-label={`${say('checklist.addPhoto')}: ${label}`}
            onChange={event => {
              void add(event.currentTarget.files?.[0])
              event.currentTarget.value = ''
            }}
          />
          <span aria-hidden="true">{say('checklist.addPhoto')}</span>
        </label>
      )}
      {isUnreadable && <p role="alert">{say('checklist.unreadable')}</p>}
    </div>
  )
}

/** Drawn, not linked: the page's policy takes no pictures from blobs. */
function Picture({ blob, label }: { blob: Blob; label: string }) {
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null)
  useEffect(() => {
    if (canvas === null) return
    void createImageBitmap(blob).then(picture => {
      canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
      picture.close()
    })
  }, [blob, canvas])
  return <canvas ref={setCanvas} width={72} height={72} role="img" aria-label={label} />
}
