import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'

/**
 * Room on the disk that is given back when the disk is full: to forget a reading takes a few pages of the log, and without them a
 * full disk could not even be emptied. Chosen: twice the log's usual size.
 */
export const RESERVE_BYTES = 2 * 2 ** 20
/** It is only taken where this many times as much is free. */
const FREE_TIMES = 4

export interface Reserve {
  /** Takes the room, if it is not taken and the disk has plenty. */
  take: () => void
  /** Gives it back; false when it was not taken. */
  release: () => boolean
}

/** A file beside the outbox. */
export function createReserve(file: string): Reserve {
  const isTaken = () => statSync(file, { throwIfNoEntry: false })?.size === RESERVE_BYTES
  return {
    take: () => {
      try {
        if (isTaken()) return
        const { bavail, bsize } = statfsSync(file.replace(/[^/\\]*$/, ''))
        if (bavail * bsize >= FREE_TIMES * RESERVE_BYTES) writeFileSync(file, Buffer.alloc(RESERVE_BYTES))
      } catch {
        // ENOSPC, EROFS, EIO: without a reserve, then; the outbox says itself what it cannot write.
        rmSync(file, { force: true })
      }
    },
    release: () => {
      if (statSync(file, { throwIfNoEntry: false }) === undefined) return false
      rmSync(file, { force: true })
      return true
    },
  }
}
