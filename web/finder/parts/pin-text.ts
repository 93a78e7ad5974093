import type { PinState } from '../model/station-now.ts'
import type { FinderTranslate } from '../texts/texts.ts'

/** What a pin says, in words. */
export function pinText(pin: PinState, t: FinderTranslate): string {
  return t(`pin.${pin}`)
}
