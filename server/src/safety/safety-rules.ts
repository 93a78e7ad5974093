import type { RuleView } from '@harbor/protocol'

const SOURCE = 'The limits of the gateway’s own guard: see its README, section Safety.'

/** What people are told of the alerts that a gateway's guard raises. */
export const SAFETY_RULE_VIEWS: readonly RuleView[] = [
  {
    id: 'safety_cut',
    version: 1,
    scope: 'appliance',
    nameZh: '已因安全原因断电',
    nameEn: 'Cut for safety',
    severity: 'P0',
    checkFirst: [
      { zh: '现场是否有烟、水或烫手的插头；先确认人员安全', en: 'Is there smoke, water or a hot plug? People first' },
      { zh: '找到原因并排除后，再复位并送电', en: 'Find and remove the cause, then reset and switch on' },
    ],
    source: SOURCE,
  },
  {
    id: 'safety_warning',
    version: 1,
    scope: 'appliance',
    nameZh: '安全预警',
    nameEn: 'Safety warning',
    severity: 'P2',
    checkFirst: [
      { zh: '插座上是否接了不该接的电器', en: 'Is something else on this plug that should not be?' },
      { zh: '插头和插座是否发热、变色', en: 'Are plug and socket warm or discoloured?' },
    ],
    source: SOURCE,
  },
]
