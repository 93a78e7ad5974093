/** How the watts of one kind of appliance become states: data of the catalogue. */
export interface PowerSpec {
  /** At and above it runs, until something was learnt. */
  onW: number
  /** Learnt: it runs above this share of its own running power, within the limits. 0: `onW` for ever. */
  learntShare: number
  minOnW: number
  maxOnW: number
  /** It rests below this share of what it runs at; in between it goes on with what it was doing. */
  offShare: number
  /** Shorter than this is no run, and no rest. */
  minRunMs: number
  minRestMs: number
  /** The first of each run and rest is not learnt from: compressors start high and settle. */
  settleMs: number
  /** After a longer silence nothing is known of what was between. */
  gapMs: number
  /** A run that is shorter counts as short. */
  shortRunMs: number
  /** A spike of this, and of 2.5 times the running power, that comes to nothing is a failed start. */
  burstW: number
  /** A run that reaches this heats; one that stays between the cold limits, for so long, draws like a lamp. 0: no such thing. */
  heatW: number
  coldMinW: number
  coldMaxW: number
  coldMinMs: number
  coldMaxMs: number
  /** Heating energy in the closed hours of a day above which the night was wasted. */
  nightWh: number
}

/** One reading of the watts and what else is known at that instant. */
export interface PowerSample {
  timeMs: number
  w: number
  /** Hours of the local clock since 1970, whole. */
  localHour: number
  isOpen: boolean | undefined
  /** Of the appliance itself (a fridge's inside) and of the room, °C; asked for when needed alone. */
  ownC: () => number | undefined
  roomC: () => number | undefined
  voltageV: () => number | undefined
}
