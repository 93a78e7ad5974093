import { type FeedbackView, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { MessageBus } from '../bus/message-bus.ts'
import { checkInRoutes } from '../check-in/check-in.routes.ts'
import { listenForCards } from '../check-in/card-listener.ts'
import { type CheckIns, createCheckIns } from '../check-in/check-ins.ts'
import type { Route } from '../http/route.ts'
import { createPhotoStore } from '../photos/photo-store.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { readSecret } from '../registry/secret-file.ts'
import type { ImpressionSource, SaidSource } from '../stations/sources.ts'
import { createConfirmations } from './confirmations.ts'
import { createFeedbackBook } from './feedback-book.ts'
import { feedbackDeskRoutes } from './feedback-desk.routes.ts'
import { createFeedbackDesk } from './feedback-desk.ts'
import { type FeedbackWork, createFeedbackWork } from './feedback-work.ts'
import { feedbackRoutes } from './feedback.routes.ts'
import { createRatings } from './ratings.ts'
import { createReleasedPhotos } from './released-photos.ts'
import { deleteOldFeedback, removeOrphans } from './retention.ts'
import { createVisitorKeys } from './visitor-keys.ts'
import { createVisitorLimits } from './visitor-limits.ts'

/** How often it is looked what is no longer told of, */
const FORGET_EVERY_MS = 60_000
/** and what is to be deleted. */
const DELETE_EVERY_MS = 3_600_000

export interface FeedbackSettings {
  secretsDir: string
  /** Holds the photos. */
  photosDir: string
  photosQuotaBytes: number
  timeZone: string
  /** Districts this process serves; empty: all. */
  districts: readonly string[]
}

export interface FeedbackDeps {
  db: RegistryDb
  bus: Pick<MessageBus, 'subscribe'>
  directory: LiveDirectory
  nowMs: () => number
  newId: () => string
  /** What the public sees of a station changed. */
  onStationChanged: (station: string) => void
  /** A report as it now is. */
  onFeedback: (view: FeedbackView) => void
  /** There are events for the outbox. */
  onEvent: () => void
  log: Logger
}

/** What visitors say and do: reports, confirmations, ratings, photos, check-ins. */
export interface Feedback {
  routes: Route[]
  work: FeedbackWork
  /** What people who were there said. */
  signs: SaidSource
  /** What they left of the place. */
  impressions: ImpressionSource
  /** The code on a station's door, as check-ins.ts says. */
  doorCode: CheckIns['doorCode']
  /** Takes over what is on disk, and begins to forget and delete. Before the bus is started. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** @throws RegistryError `SECRET_MISSING` without the secret that marks are made with. */
export async function openFeedback(settings: FeedbackSettings, deps: FeedbackDeps): Promise<Feedback> {
  const { db, directory, nowMs, newId, onStationChanged, log } = deps
  const { timeZone, districts } = settings
  const keys = createVisitorKeys(await readSecret(settings.secretsDir, 'visitor-key'))
  const limits = createVisitorLimits()
  const photos = createPhotoStore({ folder: settings.photosDir, quotaBytes: settings.photosQuotaBytes })
  const confirmations = createConfirmations({ db, nowMs })
  const ratings = createRatings({ db, nowMs })
  const released = createReleasedPhotos(db)
  // Visitors report on what visitors see; a door's code can be printed before the door opens.
  const visible = { ...directory, stations: directory.publicStations }
  const checkIns = createCheckIns({ db, directory, keys, timeZone, nowMs, onChanged: onStationChanged, log })

  const changed = (view: FeedbackView) => {
    deps.onFeedback(view)
    deps.onEvent()
  }
  const { work, tellReport, tellAnswer } = createFeedbackWork({ db, nowMs, onChanged: changed })
  const book = createFeedbackBook({
    db,
    directory: visible,
    photos,
    nowMs,
    newId,
    onChanged: (view, what) => {
      changed(view)
      if (what === 'fixed_answered') tellAnswer(view)
      if (what !== 'received') return
      tellReport(view)
      if (view.stars === undefined && view.topic !== 'thanks') return
      ratings.refresh(view.station).then(
        () => onStationChanged(view.station),
        (error: unknown) => log.warn({ reason: errorText(error) }, 'counting ratings failed'),
      )
    },
  })
  const desk = createFeedbackDesk({
    db,
    photos,
    nowMs,
    onChanged: changed,
    onPhotosChanged: async station => {
      await released.refresh(station)
      onStationChanged(station)
    },
  })

  let timers: NodeJS.Timeout[] = []
  let working: Promise<void> = Promise.resolve()
  /** One after another, so that `stop` has one thing to wait for. */
  const inTurn = (what: string, job: () => Promise<void>) => {
    working = working.then(job).catch((error: unknown) => log.warn({ reason: errorText(error) }, what))
  }
  const forget = async () => {
    checkIns.forgetArrivals()
    for (const station of await confirmations.forget()) onStationChanged(station)
  }
  const deleteOld = async () => {
    const deleted = await checkIns.deleteOld()
    if (deleted > 0) log.info({ deleted }, 'check-ins of a month that is over were deleted')
    await deleteOldFeedback(db, photos, nowMs())
    await ratings.refresh()
  }

  return {
    routes: [
      ...feedbackRoutes({
        book,
        confirm: async (station, said) => {
          if (await confirmations.add(station, said)) onStationChanged(station)
        },
        keys,
        limits,
        directory: visible,
        nowMs,
      }),
      ...feedbackDeskRoutes({ desk, nowMs }),
      ...checkInRoutes({ checkIns, keys, limits, nowMs }),
    ],
    work,
    doorCode: checkIns.doorCode,
    signs: confirmations,
    impressions: {
      photosOf: released.of,
      ratingOf: station => ratings.of(station).rating,
      thanksOf: station => ratings.of(station).thanks,
      arrivedAt: checkIns.arrived,
    },
    start: async () => {
      await photos.start()
      const orphans = await removeOrphans(db, photos)
      if (orphans > 0) log.info({ orphans }, 'photos that no report has were removed')
      await confirmations.start()
      await released.refresh()
      await deleteOld()
      listenForCards({ bus: deps.bus, districts, checkIns, nowMs, log })
      timers = [
        setInterval(() => inTurn('forgetting failed', forget), FORGET_EVERY_MS),
        setInterval(() => inTurn('deleting failed', deleteOld), DELETE_EVERY_MS),
      ]
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer)
      timers = []
      await working
    },
  }
}
