/** A part of the gateway that some of its settings cannot change while it runs. */
export interface Part {
  stop: () => Promise<void>
}

/** Holds one such part, and puts another in its place when its settings change. */
export interface Replaceable<Settings, P extends Part> {
  /** The part that works now; undefined before the first settings. */
  current: () => P | undefined
  /** Does nothing when the settings are those at work. Rejects when the new part cannot start: the old one then still works. */
  use: (settings: Settings) => Promise<void>
  stop: () => Promise<void>
}

/**
 * @param open makes and starts a part
 * @param order `new-first`: the new part stands before the old one goes, and a failure costs nothing; `old-first`: for parts
 *   that must not work at the same time
 */
export function createReplaceable<Settings, P extends Part>(
  open: (settings: Settings) => Promise<P>,
  order: 'new-first' | 'old-first',
): Replaceable<Settings, P> {
  let held: { part: P; key: string } | undefined
  return {
    current: () => held?.part,
    use: async settings => {
      const key = JSON.stringify(settings)
      const old = held
      if (old?.key === key) return
      if (order === 'old-first') await old?.part.stop()
      held = { part: await open(settings), key }
      if (order === 'new-first') await old?.part.stop()
    },
    stop: async () => held?.part.stop(),
  }
}
