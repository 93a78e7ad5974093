import type { AlertView } from '@harbor/protocol'

/** An alert for tests: raised, taken by nobody. */
export function anAlert(rest: Partial<AlertView> = {}): AlertView {
  return {
    id: 'alert-1',
    station: 'cq-500103-01',
    stationNameZh: '解放碑站',
    stationNameEn: 'Jiefangbei',
    district: '500103',
    scope: 'appliance',
    rule: 'fridge_too_warm',
    ruleVersion: 1,
    severity: 'P1',
    state: 'raised',
    raisedAt: '2026-07-01T08:00:00.000Z',
    revision: 1,
    evidence: {
      metric: 'temperature',
      threshold: 8,
      observed: 11,
      from: '2026-07-01T07:00:00.000Z',
      to: '2026-07-01T08:00:00.000Z',
    },
    ...rest,
  }
}
