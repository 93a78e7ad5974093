import { createHash } from 'node:crypto'

/** Count and checksum of a table's rows, the same in whatever order and from whatever database they come. */
export interface TableSum {
  add: (row: Readonly<Record<string, unknown>>) => void
  rows: () => number
  /** Such as `12 rows, 0f3c…`. */
  text: () => string
}

const MASK = (1n << 64n) - 1n

/**
 * The sum, modulo 2^64, of each row's SHA-256 cut to 64 bits: rows that are swapped between tables, doubled, lost or changed change it. Against
 * mistakes, not against forgers.
 *
 * @param columns in the order in which a row is written down
 */
export function createTableSum(columns: readonly string[]): TableSum {
  let count = 0
  let sum = 0n
  return {
    add: row => {
      const text = JSON.stringify(columns.map(column => row[column] ?? null))
      sum = (sum + createHash('sha256').update(text).digest().readBigUInt64BE()) & MASK
      count += 1
    },
    rows: () => count,
    text: () => `${count} rows, ${sum.toString(16).padStart(16, '0')}`,
  }
}
