import { MAX_REGISTER_PHOTOS, type RegisterDetail } from '@harbor/protocol'
import { Button } from '@mantine/core'
import { failureText } from '../shell/failure.tsx'
import orders from '../work-orders/orders.module.css'
import { shrinkPhoto } from '../work-orders/shrink-photo.ts'
import { useWords } from '../words/words.tsx'
import styles from './register.module.css'
import { useRegisterAct } from './use-register.ts'

/** How the station looks: photos that everybody sees. */
export function PhotoPart({ station: { id, photos, mayEdit } }: { station: RegisterDetail }) {
  const { say } = useWords()
  const add = useRegisterAct(async (api, file: File) => api.addPhoto(id, await shrinkPhoto(file)))
  const remove = useRegisterAct((api, photo: string) => api.removePhoto(id, photo))
  const failure = add.error ?? remove.error
  return (
    <section className={`card ${styles['part']}`} data-part="photos">
      <h2>{say('register.photos')}</h2>
      {photos.length > 0 && (
        <ul className={styles['photos']}>
          {photos.map(({ id: photo, path }, index) => (
            <li key={photo}>
              <a href={path}>
                <img src={path} alt={say('register.photoOf', { n: index + 1 })} loading="lazy" />
              </a>
              {mayEdit && (
                <Button variant="default" onClick={() => remove.mutate(photo)} aria-disabled={remove.isPending}>
                  {say('register.removePhoto')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayEdit && photos.length < MAX_REGISTER_PHOTOS && (
        <label className={orders['photoButton']}>
          {say(add.isPending ? 'loading' : 'register.addPhoto')}
          <input
            type="file"
            name="photo"
            accept="image/*"
            className="for-screen-readers"
            onChange={event => {
              const file = event.currentTarget.files?.[0]
              event.currentTarget.value = ''
              if (file !== undefined && !add.isPending) add.mutate(file)
            }}
          />
        </label>
      )}
      <p className="quiet">{say('register.photoHint')}</p>
      {failure !== null && (
        <p role="alert" className={orders['problem']}>
          {say('order.failed', { reason: failureText(failure, say) })}
        </p>
      )}
    </section>
  )
}
