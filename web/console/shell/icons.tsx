import type { ReactNode } from 'react'

/** A 20 px line icon. It always stands beside words, so it is hidden from screen readers. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  )
}

export const BellIcon = () => (
  <Icon>
    <path d="M10 2.8a5 5 0 0 0-5 5c0 4-1.6 5.2-1.6 5.2h13.2S15 11.8 15 7.8a5 5 0 0 0-5-5ZM8.3 16.2a2 2 0 0 0 3.4 0" />
  </Icon>
)

export const StationIcon = () => (
  <Icon>
    <path d="M3 8.5 10 3l7 5.5M4.8 7.2V17h10.4V7.2M8 17v-4.5h4V17" />
  </Icon>
)

export const WrenchIcon = () => (
  <Icon>
    <path d="M16.8 5.6 14 8.4l-2.4-2.4 2.8-2.8a4.2 4.2 0 0 0-5.5 5.5L3 14.6a1.7 1.7 0 0 0 2.4 2.4l5.9-5.9a4.2 4.2 0 0 0 5.5-5.5Z" />
  </Icon>
)

export const PersonIcon = () => (
  <Icon>
    <circle cx="10" cy="6.8" r="3.2" />
    <path d="M3.8 17c.6-3.2 3-5 6.2-5s5.6 1.8 6.2 5" />
  </Icon>
)

export const WarningIcon = () => (
  <Icon>
    <path d="M10 3 1.8 16.8h16.4L10 3ZM10 8.3v3.7M10 14.4v.1" />
  </Icon>
)

export const CheckIcon = () => (
  <Icon>
    <path d="m4 10.5 4 4 8-9" />
  </Icon>
)

export const UnknownIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7.2" />
    <path d="M7.8 8a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .9-1 1.6M10 14.1v.1" />
  </Icon>
)

export const BackIcon = () => (
  <Icon>
    <path d="M12 4.5 6.5 10l5.5 5.5" />
  </Icon>
)

export const SearchIcon = () => (
  <Icon>
    <circle cx="8.8" cy="8.8" r="5.3" />
    <path d="m12.9 12.9 4 4" />
  </Icon>
)

export const VoiceIcon = () => (
  <Icon>
    <path d="M3 4.5h14v9.5H9.2L5.5 17v-3H3ZM6.5 8h7M6.5 10.8h4.5" />
  </Icon>
)

export const ApplianceIcon = () => (
  <Icon>
    <path d="M5 2.8h10v14.4H5ZM5 8.4h10M7.8 5v1.4M7.8 10.6v2.6" />
  </Icon>
)

/** The project's mark: an anchor. */
export const AnchorIcon = () => (
  <Icon>
    <circle cx="10" cy="4.4" r="1.7" />
    <path d="M10 6.1V17M6.8 9h6.4M3.5 11.5c0 3.3 3 5.5 6.5 5.5s6.5-2.2 6.5-5.5" />
  </Icon>
)
