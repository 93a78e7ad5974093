import type { ApplianceKind } from '@harbor/protocol'

/** Line drawings on a 24 by 24 grid, in the colour of the text beside them. They say nothing that the text does not. */
const PATHS = {
  fridge: 'M7 3h10a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM6 10h12M9 6v1.5M9 13v3',
  air_conditioner: 'M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9M9.5 4.5 12 7l2.5-2.5M9.5 19.5 12 17l2.5 2.5',
  microwave:
    'M4 5h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM15.5 5v13M18.2 9v.01M18.2 12v.01M6 18v1.5M18 18v1.5M6.5 12c1-1.4 2-1.4 3 0s2 1.4 3 0',
  water_dispenser:
    'M12 3.5c3.2 3.9 5.5 6.9 5.5 10a5.5 5.5 0 0 1-11 0c0-3.1 2.3-6.1 5.5-10ZM9.5 14a2.6 2.6 0 0 0 2.5 2.6',
  clock: 'M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7.500V12l3 2',
  locate: 'M12 2.500v3M12 18.500v3M2.5 12h3M18.5 12h3M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12ZM12 11v2',
  back: 'M14.5 5 7.5 12l7 7',
  place:
    'M12 21c-4.5-4.8-7-8.3-7-11.300a7 7 0 0 1 14 0c0 3-2.5 6.5-7 11.300ZM12 7.500a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.600Z',
  thermometer: 'M14 13.500V5.500a2 2 0 0 0-4 0v8a4.2 4.2 0 1 0 4 0ZM12 9v7',
  seat: 'M7 4v9h9M7 13l-1.5 7M16 13l1.5 7M7 16.500h9.8',
  offline:
    'M3 3l18 18M5 12.500a10 10 0 0 1 4.5-2.600M13.5 9.700a10 10 0 0 1 5.5 2.800M8.5 16a5 5 0 0 1 5.7-1M12 19.500v.01M2 9a15 15 0 0 1 4-2.600M10.5 5.200A15 15 0 0 1 22 9',
  expand: 'M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5',
  shrink: 'M4 9h5V4M20 9h-5V4M4 15h5v5M20 15h-5v5',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.500l5 5',
  look: 'M12 3a9 9 0 1 0 0 18ZM12 3a9 9 0 0 1 0 18M12 8.500a3.5 3.500 0 0 1 0 7',
  check: 'M5 12.500l4.5 4.500L19 7.5',
  cross: 'M6.5 6.500l11 11M17.5 6.500l-11 11',
  question: 'M8.5 9a3.5 3.5 0 1 1 5 3.200c-1 .6-1.5 1.2-1.5 2.300M12 18v.01',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName | ApplianceKind }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}

/** The mark of the brand: a roof over water. */
export function BrandMark() {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect className="brand-mark-ground" width="32" height="32" rx="8" />
      <path className="brand-mark-line" d="M7 15.5 16 8l9 7.500M10.5 14v5.500h11V14" />
      <path
        className="brand-mark-line"
        d="M6.5 24c1.6 0 1.6-1.3 3.2-1.300s1.6 1.3 3.2 1.3 1.6-1.3 3.1-1.3 1.6 1.3 3.2 1.3 1.6-1.3 3.2-1.3 1.6 1.3 3.1 1.3"
      />
    </svg>
  )
}
