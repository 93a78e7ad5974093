import type { ConfigChange } from '@harbor/protocol'
import { useWords } from '../words/words.tsx'
import styles from './fleet.module.css'

/** What is another between two documents: where, what it was, what it is. */
export function ConfigChanges({ changes, label }: { changes: readonly ConfigChange[]; label: string }) {
  const { say } = useWords()
  if (changes.length === 0) return <p className="quiet">{say('fleet.noChanges')}</p>
  return (
    // Scrolls within the page, so it must be reachable by keyboard (WCAG 2.2, 2.1.1).
    <div className={styles['scroll']} tabIndex={0} role="region" aria-label={label}>
      <table className={styles['changes']} data-testid="changes">
        <thead>
          <tr>
            <th scope="col">{say('fleet.change.where')}</th>
            <th scope="col">{say('fleet.change.before')}</th>
            <th scope="col">{say('fleet.change.after')}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ path, change, before, after }) => (
            <tr key={path} data-change={change} data-path={path}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td>
                {change === 'added' ? (
                  <span className="quiet">{say('fleet.change.nothing')}</span>
                ) : (
                  <del>
                    <code>{jsonText(before)}</code>
                  </del>
                )}
              </td>
              <td>
                {change === 'removed' ? (
                  <span className="quiet">{say('fleet.change.nothing')}</span>
                ) : (
                  <ins>
                    <code>{jsonText(after)}</code>
                  </ins>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A value as people read it: text as it is, anything else as JSON. */
export function jsonText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
