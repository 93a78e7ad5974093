import type { AlertView, FeedbackView } from '@harbor/protocol'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, createContext, use, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useRuleText } from '../alerts/use-rules.ts'
import { queryKeys } from '../api/query-keys.ts'
import { EVERY_NOTICE } from '../notices/use-notices.ts'
import { useConsole } from '../console-context.ts'
import { applyFeedback } from '../feedback/use-feedback.ts'
import { useAnnounce } from '../shell/announcer.tsx'
import { EVERY_FLEET, FLEET_LIVE } from '../fleet/use-fleet.ts'
import { localName, useWords } from '../words/words.tsx'
import { applyAlert, applyOrder, applyOverview, applyReadings, createChangeRefresh, refetchAll } from './live-cache.ts'
import { type LiveClient, type LiveStatus, createLiveClient } from './live-client.ts'
import { createNewsSense, createRefresh } from './refresh.ts'
import { makeStaffSocket } from './staff-socket.ts'

const LiveContext = createContext<LiveClient | undefined>(undefined)

/** Holds the live connection while somebody is signed in, and writes what it brings into the query cache. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { clock } = useConsole()
  const client = useQueryClient()
  const announce = useAnnounce()
  const words = useWords()
  const ruleText = useRuleText()
  const [live, setLive] = useState<LiveClient>()
  // The connection outlives a change of language: it reads the newest texts when it speaks.
  const speak = useRef<(alert: AlertView) => void>(() => undefined)
  const speakOfFeedback = useRef<(feedback: FeedbackView) => void>(() => undefined)
  useEffect(() => {
    speak.current = alert => {
      const { say, language } = words
      const station = localName(language, { nameZh: alert.stationNameZh, nameEn: alert.stationNameEn })
      const severity = say(`severity.${alert.severity}`)
      announce(say('alerts.announceNew', { severity, station, rule: ruleText(alert) }))
    }
    speakOfFeedback.current = ({ stationNameZh, stationNameEn, topic }) => {
      const station = localName(words.language, { nameZh: stationNameZh, nameEn: stationNameEn })
      announce(words.say('feedback.announce', { station, topic: words.say(`feedback.topic.${topic}`) }))
    }
  }, [words, announce, ruleText])

  useEffect(() => {
    const inbox = createRefresh(client, queryKeys.everyInbox)
    const fleet = createRefresh(client, [...EVERY_FLEET, FLEET_LIVE])
    const changes = createChangeRefresh(client)
    const isNews = createNewsSense(clock.now)
    const opened = createLiveClient({
      makeSocket: makeStaffSocket,
      now: clock.now,
      listeners: {
        onAlert(alert) {
          applyAlert(client, alert)
          inbox.touch()
          if (alert.state === 'raised' && isNews(alert)) speak.current(alert)
        },
        onWorkOrder(order) {
          applyOrder(client, order)
          inbox.touch()
          changes.orderChanged(order)
        },
        onFeedback(feedback) {
          if (applyFeedback(client, feedback) && feedback.state === 'received') speakOfFeedback.current(feedback)
        },
        onNotice: () => void client.invalidateQueries({ queryKey: EVERY_NOTICE }),
        onReadings: update => applyReadings(client, update, clock.now()),
        onFleet: fleet.touch,
        onChanged: changes.changed,
        onOverview: update => applyOverview(client, update),
        onConnected: () => refetchAll(client),
        onRefused: () => void client.invalidateQueries({ queryKey: queryKeys.session }),
      },
    })
    setLive(opened)
    opened.start()
    return () => {
      opened.stop()
      inbox.stop()
      fleet.stop()
      changes.stop()
      setLive(undefined)
    }
  }, [client, clock])

  return <LiveContext value={live}>{children}</LiveContext>
}

const BEFORE_START: LiveStatus = { state: 'connecting', sinceMs: 0 }
const nothingToEnd = () => undefined

/** The live connection's state. */
export function useLiveStatus(): LiveStatus {
  const live = use(LiveContext)
  return useSyncExternalStore(
    listener => live?.subscribe(listener) ?? nothingToEnd,
    () => live?.status() ?? BEFORE_START,
  )
}

/** Has the readings of a station sent while the calling component is on the page. */
export function useWatchedStation(station: string): void {
  const live = use(LiveContext)
  useEffect(() => {
    live?.watch(station)
    return () => live?.watch(null)
  }, [live, station])
}

/** Has the counts of a region sent (undefined: of all that one may see) while the calling component is on the page. */
export function useLookedOver(region: string | undefined): void {
  const live = use(LiveContext)
  useEffect(() => {
    live?.lookOver(region ?? '')
    return () => live?.lookOver(null)
  }, [live, region])
}
