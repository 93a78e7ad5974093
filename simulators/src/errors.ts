import { HarborError } from '@harbor/protocol'

/** What can go wrong here, and who must act. */
export type SimulatorsCode =
  /** Operator: the fleet document is missing, or describes what cannot be simulated. */
  | 'SIMULATORS_FLEET_UNUSABLE'
  /** Operator: places.csv of the fleet is not as expected. */
  | 'SIMULATORS_PLACES_UNUSABLE'
  /** Operator: the key that the gateways' secrets are made from is missing. */
  | 'SIMULATORS_KEY_MISSING'
  /** Caller: no such station, appliance or fault. */
  | 'SIMULATORS_FAULT_UNKNOWN'
  /** Caller: options of the city in fast motion that it does not have. */
  | 'SIMULATORS_CITY_UNUSABLE'
  /** Operator: options of the load that it does not have, or that fit no fleet. */
  | 'SIMULATORS_LOAD_UNUSABLE'
  /** Operator: no running demo answers. */
  | 'SIMULATORS_NOT_RUNNING'

export class SimulatorsError extends HarborError<SimulatorsCode> {
  constructor(code: SimulatorsCode, message: string, options: { cause?: unknown } = {}) {
    super(code, message, options)
    this.name = 'SimulatorsError'
  }
}
