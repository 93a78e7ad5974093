import { useId, useState } from 'react'
import { type ShrunkPhoto, shrinkPhoto } from './shrink-photo.ts'
import { useVisitTexts } from './texts/texts.ts'

/** protocol, feedback.ts. */
const MAX_PHOTOS = 3

interface PhotoChooserProps {
  photos: readonly ShrunkPhoto[]
  onChange: (photos: readonly ShrunkPhoto[]) => void
}

/** Up to three photos, made small before they are kept. */
export function PhotoChooser({ photos, onChange }: PhotoChooserProps) {
  const t = useVisitTexts()
  const id = useId()
  const [state, setState] = useState<'idle' | 'busy' | 'bad'>('idle')

  const add = async (input: HTMLInputElement) => {
    const files = [...(input.files ?? [])].slice(0, MAX_PHOTOS - photos.length)
    // So that the same photo can be chosen again after it was removed.
    input.value = ''
    if (files.length === 0) return
    setState('busy')
    const added: ShrunkPhoto[] = []
    for (const file of files) {
      // One after another: three pictures of 12 megapixels at once are too much for a cheap phone.
      // oxlint-disable-next-line no-await-in-loop
      const photo = await shrinkPhoto(file)
      if (photo !== undefined) added.push(photo)
    }
    setState(added.length < files.length ? 'bad' : 'idle')
    onChange([...photos, ...added])
  }
  return (
    <div className="field" role="group" aria-labelledby={`${id}-title`}>
      <p id={`${id}-title`} className="field-title">
        {t('report.photos')}
      </p>
      <ul className="photo-row" role="list">
        {photos.map(({ thumbnail }, index) => (
          <li key={thumbnail}>
            <img src={thumbnail} alt={t('report.photoNumber', { number: index + 1 })} width="96" height="96" />
            <button
              type="button"
              aria-label={t('report.removePhoto', { number: index + 1 })}
              onClick={() => onChange(photos.filter((_, other) => other !== index))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {photos.length < MAX_PHOTOS && (
        <label className="photo-add">
          <input
            type="file"
            accept="image/jpeg,image/png,image/webp"
            multiple
            onChange={event => void add(event.currentTarget)}
          />
          <span>{t('report.addPhoto')}</span>
        </label>
      )}
      <p role="status" className="quiet">
        {state === 'busy' && t('report.photoBusy')}
        {state === 'bad' && t('report.photoBad')}
      </p>
    </div>
  )
}
