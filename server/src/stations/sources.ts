import type { PublicNotice, StationDetail, StationView } from '@harbor/protocol'
import type { HoursOverride } from './hours-line.ts'

/** What one of those who were there said. */
export type Said = StationView['said'][number]

/** Where it is kept what visitors and keepers said with one tap. */
export interface SaidSource {
  /** The newest of each kind, at most one a kind by keepers and one by visitors; older than four hours may be left out. */
  signsOf: (station: string) => readonly Said[]
}

/** Where work orders promise appliances back. */
export interface PromiseSource {
  /** When the appliance is to work again, ms since 1970; undefined: nothing is promised. */
  promisedAt: (appliance: string) => number | undefined
  /** Somebody took on its repair though no sensor sees a fault; absent: nobody can. */
  isInRepair?: (appliance: string) => boolean
}

/** What visitors left of a place beside their word: pictures that staff released, and stars. */
export interface ImpressionSource {
  /** Orders that stand at a station for everybody, newest first. */
  noticesOf?: (station: string) => readonly PublicNotice[]
  photosOf: (station: string) => StationDetail['photos']
  ratingOf: (station: string) => StationDetail['rating']
  /** Thank-yous of the last 90 days; absent: they are not counted. */
  thanksOf?: (station: string) => number | undefined
  /** Who checked in a short while ago and did not leave, and when the first of them came; absent: nobody can check in. */
  arrivedAt?: (station: string, atMs: number) => { count: number; sinceMs: number } | undefined
}

/** Where changes of hours are kept. */
export interface HoursChangeSource {
  /**
   * Those of a station that are not over, the one that counts first. The same list while nothing changes.
   */
  of: (station: string, district: string) => readonly HoursOverride[]
}
