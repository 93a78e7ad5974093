import type { ApplianceKind, AssignmentReason, WorkOrderCandidates } from '@harbor/protocol'
import { type Limits, type StationPlace, maySeeStation } from '../people/scope.ts'
import { MAX_LOAD, METRES_PER_ORDER, UNKNOWN_DISTANCE_M } from './policy.ts'

/** WGS-84. */
export interface Place {
  latDeg: number
  lngDeg: number
}

/** A crew, as far as it matters for who is sent. */
export interface CrewNow {
  id: string
  name: string
  districts: readonly string[]
  /** Empty: everything. */
  skills: readonly ApplianceKind[]
  isOnShift: boolean
  members: readonly string[]
  base: Place | undefined
}

/** Somebody who can be sent. */
export interface Worker extends Limits {
  login: string
  name: string
  isMaintainer: boolean
  /** Orders in hand: assigned, accepted or on site, and not paused. */
  load: number
  /** Where the order is that they took in hand last. */
  at: Place | undefined
}

/** What is to be done, and where. */
export interface Job extends Place, StationPlace {
  kind: ApplianceKind | undefined
}

export type Candidate = WorkOrderCandidates['people'][number]

/**
 * Who could do a job, the best first: members of crews that cover its district, or, where none does, maintainers of the district. Of
 * those on shift, with the skill and not overloaded the one who is nearest, each order in hand counted as METRES_PER_ORDER; the
 * others follow, with what speaks against them. Nobody is in it twice.
 */
export function candidates(job: Job, crews: readonly CrewNow[], workers: readonly Worker[]): Candidate[] {
  const covering = crews.filter(crew => crew.districts.includes(job.district))
  const byLogin = new Map(workers.map(worker => [worker.login, worker]))
  const found: Scored[] = covering.flatMap(crew =>
    crew.members.flatMap(login => {
      const worker = byLogin.get(login)
      return worker === undefined || !maySeeStation(worker, job) ? [] : [score(job, worker, crew)]
    }),
  )
  if (covering.length === 0)
    for (const worker of workers)
      if (worker.isMaintainer && maySeeStation(worker, job)) found.push(score(job, worker, undefined))
  found.sort((a, b) => a.costM - b.costM || (a.candidate.login < b.candidate.login ? -1 : 1))
  const seen = new Set<string>()
  return found.flatMap(({ candidate }) => {
    if (seen.has(candidate.login)) return []
    seen.add(candidate.login)
    return [candidate]
  })
}

/** The one to send; undefined: nobody is free, on shift and skilled. */
export function proposed(people: readonly Candidate[]): Candidate | undefined {
  return people.find(({ excluded }) => excluded === undefined)
}

interface Scored {
  candidate: Candidate
  costM: number
}

function score(job: Job, worker: Worker, crew: CrewNow | undefined): Scored {
  const { login, name, load } = worker
  const from = worker.at ?? crew?.base
  const distanceM = from === undefined ? undefined : Math.round(metresBetween(from, job))
  const because: AssignmentReason = {
    ...(crew !== undefined && { crew: crew.id, crewName: crew.name }),
    ...(job.kind !== undefined && crew !== undefined && canRepair(crew, job.kind) && { skill: job.kind }),
    load,
    ...(distanceM !== undefined && { distanceM }),
  }
  const excluded = exclusion(job, worker, crew)
  return {
    candidate: { login, name, because, ...(excluded !== undefined && { excluded }) },
    // Who is excluded comes behind everybody who is not, in the same order.
    costM: (distanceM ?? UNKNOWN_DISTANCE_M) + load * METRES_PER_ORDER + (excluded === undefined ? 0 : 1e9),
  }
}

function exclusion(job: Job, { load }: Worker, crew: CrewNow | undefined): Candidate['excluded'] {
  if (crew?.isOnShift === false) return 'off_shift'
  if (job.kind !== undefined && crew !== undefined && !canRepair(crew, job.kind)) return 'no_skill'
  return load >= MAX_LOAD ? 'too_much_work' : undefined
}

function canRepair({ skills }: CrewNow, kind: ApplianceKind): boolean {
  return skills.length === 0 || skills.includes(kind)
}

/** Mean radius of the earth (IUGG). */
const EARTH_RADIUS_M = 6_371_009

/** Straight over the ground (haversine). */
export function metresBetween(a: Place, b: Place): number {
  const rad = Math.PI / 180
  const half = (deg: number) => Math.sin((deg * rad) / 2) ** 2
  const h = half(b.latDeg - a.latDeg) + Math.cos(a.latDeg * rad) * Math.cos(b.latDeg * rad) * half(b.lngDeg - a.lngDeg)
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}
