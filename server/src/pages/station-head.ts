import type { StationDetail } from '@harbor/protocol'
import { dateOfWall, plannedDay, wallOfDate, weekdayOfWall } from '@harbor/protocol/opening-at'
import { toWall } from '../stations/wall-clock.ts'
import { type Html, html, jsonBlock } from './html.ts'
import { PAGE_TEXTS } from './page-texts.ts'
import { type PageWords, hoursTodayText, inLanguage } from './station-words.ts'

/** Made by web/scripts/make-preview-picture.ts, 1,200 by 630 pixels. */
const BRAND_PICTURE = '/preview.png'

/** What stands in the head of a station's page for link previews and search engines. */
export interface StationHead {
  title: string
  description: string
  tags: Html
}

/** @param origin scheme and host of the finder's address, as https://harbor.example */
export function stationHead(station: StationDetail, origin: string, words: PageWords): StationHead {
  const texts = PAGE_TEXTS[words.language]
  const { language } = words
  const name = inLanguage(language, station.nameZh, station.nameEn) ?? station.id
  const title = `${name} · ${texts.brand}`
  const description = texts.description(inLanguage(language, station.districtNameZh, station.districtNameEn) ?? '', [
    ...(inLanguage(language, station.addressZh, station.addressEn) === undefined
      ? []
      : [inLanguage(language, station.addressZh, station.addressEn) as string]),
    `${texts.today} ${hoursTodayText(station, words)}`,
    ...(station.appliances.length === 0
      ? []
      : [[...new Set(station.appliances.map(({ kind }) => texts.appliance[kind]))].join(texts.join)]),
  ])
  const url = `${origin}/s/${station.id}`
  const [photo] = station.photos
  const picture = absolute(photo ?? BRAND_PICTURE, origin)
  return {
    title,
    description,
    tags: html`<link rel="canonical" href="${url}" />
      <link rel="alternate" hreflang="zh-CN" href="${url}?lang=zh" />
      <link rel="alternate" hreflang="en" href="${url}?lang=en" />
      <link rel="alternate" hreflang="x-default" href="${url}" />
      <meta property="og:type" content="place" />
      <meta property="og:site_name" content="${texts.brand}" />
      <meta property="og:title" content="${name}" />
      <meta property="og:description" content="${description}" />
      <meta property="og:url" content="${url}" />
      <meta property="og:locale" content="${language === 'zh' ? 'zh_CN' : 'en_US'}" />
      <meta property="og:image" content="${picture}" />
      ${
        photo === undefined &&
        html`<meta property="og:image:width" content="1200" /> <meta property="og:image:height" content="630" />`
      }
      <meta property="place:location:latitude" content="${station.latDeg}" />
      <meta property="place:location:longitude" content="${station.lngDeg}" />
      <meta name="twitter:card" content="summary_large_image" />
      <meta name="twitter:title" content="${name}" />
      <meta name="twitter:description" content="${description}" />
      <meta name="twitter:image" content="${picture}" />
      ${jsonBlock('application/ld+json', placeData(station, { name, url, picture, address: inLanguage(language, station.addressZh, station.addressEn), words }))}`,
  }
}

interface PlaceNames {
  name: string
  url: string
  picture: string
  address: string | undefined
  words: PageWords
}

/** schema.org's Place: https://schema.org/Place. */
function placeData(station: StationDetail, { name, url, picture, address, words }: PlaceNames): object {
  const { timeZone, nowMs } = words
  return {
    '@context': 'https://schema.org',
    '@type': 'Place',
    name,
    url,
    image: picture,
    ...(address !== undefined && { address }),
    ...(station.phone !== undefined && { telephone: station.phone }),
    geo: { '@type': 'GeoCoordinates', latitude: station.latDeg, longitude: station.lngDeg },
    isAccessibleForFree: true,
    publicAccess: true,
    ...(station.space.capacity !== undefined && { maximumAttendeeCapacity: station.space.capacity }),
    amenityFeature: station.facilities.map(facility => ({
      '@type': 'LocationFeatureSpecification',
      name: PAGE_TEXTS[words.language].facility[facility],
      value: true,
    })),
    ...(station.plan !== undefined && {
      openingHoursSpecification: openingHours(station.plan, dateOfWall(toWall(nowMs, timeZone))),
    }),
  }
}

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const
/** Special days told to search engines. */
const MAX_SPECIAL_DAYS = 14

/** The week, and the next days that differ from it. A stretch past midnight ends on the clock of the next day. */
function openingHours(plan: NonNullable<StationDetail['plan']>, today: string): object[] {
  const hours = (from: number, to: number) => ({ opens: clock(from), closes: clock(to <= 1_440 ? to : to - 1_440) })
  const week = plan.week.flatMap((stretches, weekday) =>
    stretches.map(({ from, to }) => ({
      '@type': 'OpeningHoursSpecification',
      dayOfWeek: `https://schema.org/${DAYS[weekday] ?? ''}`,
      ...hours(from, to),
    })),
  )
  const special = plan.special
    .filter(({ date }) => date >= today && date <= plan.validUntil)
    .slice(0, MAX_SPECIAL_DAYS)
    .flatMap(({ date }) => {
      const { stretches } = plannedDay(plan, date)
      const day = {
        '@type': 'OpeningHoursSpecification',
        dayOfWeek: `https://schema.org/${DAYS[weekdayOfWall(wallOfDate(date))] ?? ''}`,
        validFrom: date,
        validThrough: date,
      }
      // schema.org writes a closed day as one that opens and closes at the same time.
      if (stretches.length === 0) return [{ ...day, opens: '00:00', closes: '00:00' }]
      return stretches.map(({ from, to }) => ({ ...day, ...hours(from, to) }))
    })
  return [...week, ...special]
}

/** Midnight at a day's end is 23:59: `24:00` is no time for search engines. */
function clock(minute: number): string {
  if (minute === 1_440) return '23:59'
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

function absolute(address: string, origin: string): string {
  return address.startsWith('/') ? `${origin}${address}` : address
}
