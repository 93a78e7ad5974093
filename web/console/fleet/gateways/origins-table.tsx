import type { ConfigPreview } from '@harbor/protocol'
import { useWords } from '../../words/words.tsx'
import { jsonText } from '../config-changes.tsx'
import styles from '../fleet.module.css'

/** A config value by value, with where each comes from. */
export function OriginsTable({ origins, label }: { origins: ConfigPreview['origins']; label: string }) {
  const { say } = useWords()
  return (
    <div className={styles['scroll']} tabIndex={0} role="region" aria-label={label}>
      <table className={styles['changes']} data-testid="origins">
        <thead>
          <tr>
            <th scope="col">{say('fleet.change.where')}</th>
            <th scope="col">{say('fleet.explained.value')}</th>
            <th scope="col">{say('fleet.explained.from')}</th>
          </tr>
        </thead>
        <tbody>
          {origins.map(({ path, value, from }) => (
            <tr key={path} data-path={path} data-origin={from}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td>
                <code>{jsonText(value)}</code>
              </td>
              <td>{say(`fleet.origin.${from}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
