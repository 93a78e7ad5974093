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

export const OverviewIcon = () => (
  <Icon>
    <path d="M3 3h6v6H3ZM11.5 3H17v3.5h-5.5ZM11.5 9H17v8h-5.5ZM3 11.5h6V17H3Z" />
  </Icon>
)

export const ChecklistIcon = () => (
  <Icon>
    <path d="m3 5.2 1.3 1.300L6.8 4M3 11.200l1.3 1.3 2.5-2.5M9.5 5.5H17M9.5 11.5H17M9.5 16.5H17" />
  </Icon>
)

export const ClockIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7.2" />
    <path d="M10 5.8V10l3 2" />
  </Icon>
)

export const PlanIcon = () => (
  <Icon>
    <path d="M3.5 4.5h13v12h-13ZM3.5 8.5h13M7 2.5v4M13 2.5v4" />
  </Icon>
)

export const UsageIcon = () => (
  <Icon>
    <path d="M3 17h14M5 17v-5M9 17V6M13 17V9M16.5 17V3.5" />
  </Icon>
)

export const EnergyIcon = () => (
  <Icon>
    <path d="M11 2.5 4.5 11.5H10L9 17.5 15.5 8.5H10Z" />
  </Icon>
)

export const DoorIcon = () => (
  <Icon>
    <path d="M5 17V3h10v14M3 17h14M12 10v.100" />
  </Icon>
)

export const FigureIcon = () => (
  <Icon>
    <path d="M3 14.5 8 9l3.5 3L17 5M13 5h4v4" />
  </Icon>
)

export const BookIcon = () => (
  <Icon>
    <path d="M4 3.5h9.5a2 2 0 0 1 2 2v11H6a2 2 0 0 1-2-2ZM7.5 7.5h5M7.5 10.5h5" />
  </Icon>
)

export const ReportIcon = () => (
  <Icon>
    <path d="M5 2.8h7l3.5 3.5V17.2H5ZM8 10h4.5M8 13h4.5" />
  </Icon>
)

export const MoreIcon = () => (
  <Icon>
    <path d="M3 5.5h14M3 10h14M3 14.5h14" />
  </Icon>
)

const GatewayIcon = () => (
  <Icon>
    <path d="M3 10.5h14v6H3zM6 13.5h.01M9 13.5h.01M10 10.5V8M6.8 5.5a4.5 4.5 0 0 1 6.4 0" />
  </Icon>
)

const BenchIcon = () => (
  <Icon>
    <path d="M2.5 3.5h15v10h-15zM10 13.5V17M6.5 17h7M6.5 8.5l2.200 2.200 4.600-4.600" />
  </Icon>
)

const FlashIcon = () => (
  <Icon>
    <path d="M11.5 2.5 4.5 11.5h5l-1 6 7-9h-5z" />
  </Icon>
)

const StagesIcon = () => (
  <Icon>
    <path d="M3 15.5h4v-3h4v-3h4v-3h2.5" />
  </Icon>
)

/** A flow from one step into two. */
const AutomationIcon = () => (
  <Icon>
    <path d="M2.5 7.5H7v5H2.5ZM13 3h4.5v5H13ZM13 12h4.5v5H13ZM7 10h3M13 5.5h-3v9h3" />
  </Icon>
)

/** The icons of the navigation, by page. */
export const NAV_ICONS: Readonly<Record<string, () => ReactNode>> = {
  '/overview': OverviewIcon,
  '/inbox': BellIcon,
  '/work-orders': WrenchIcon,
  '/notices': PlanIcon,
  '/heat': EnergyIcon,
  '/feedback': VoiceIcon,
  '/stations': StationIcon,
  '/assets': ApplianceIcon,
  '/checklists': ChecklistIcon,
  '/hours': ClockIcon,
  '/crews': PersonIcon,
  '/plans': PlanIcon,
  '/usage': UsageIcon,
  '/opening': DoorIcon,
  '/energy': EnergyIcon,
  '/figures': FigureIcon,
  '/reports': ReportIcon,
  '/register': StationIcon,
  '/rota': PersonIcon,
  '/stock': ChecklistIcon,
  '/voices': VoiceIcon,
  '/definitions': BookIcon,
  '/automation': AutomationIcon,
  '/fleet/gateways': GatewayIcon,
  '/fleet/bench': BenchIcon,
  '/fleet/batches': ChecklistIcon,
  '/fleet/profiles': PlanIcon,
  '/fleet/rollouts': StagesIcon,
  '/fleet/flash': FlashIcon,
}
