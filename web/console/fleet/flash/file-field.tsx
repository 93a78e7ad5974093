import orders from '../../work-orders/orders.module.css'
import { useWords } from '../../words/words.tsx'
import { sizeText } from './size-text.ts'

interface FileFieldProps {
  name: string
  accept: string
  file: File | undefined
  mostBytes: number
  onChoose: (file: File | undefined) => void
}

/** One file to choose; one that is too large is said to be so before it is sent. */
export function FileField({ name, accept, file, mostBytes, onChoose }: FileFieldProps) {
  const { say, locale } = useWords()
  return (
    <div>
      <label className={orders['photoButton']}>
        {file === undefined ? say('assets.chooseFile') : `${file.name} (${sizeText(file.size, locale)})`}
        <input
          type="file"
          name={name}
          accept={accept}
          className="for-screen-readers"
          onChange={event => onChoose(event.currentTarget.files?.[0])}
        />
      </label>
      {file !== undefined && file.size > mostBytes && (
        <p role="alert">{say('flash.tooLarge', { most: sizeText(mostBytes, locale) })}</p>
      )}
    </div>
  )
}
