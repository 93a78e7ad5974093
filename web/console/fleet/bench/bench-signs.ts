import type { BenchMark } from '@harbor/protocol'

/** A sign beside each colour. */
export const SIGNS: Readonly<Record<BenchMark, string>> = { green: '✓', red: '✕', waiting: '…' }
