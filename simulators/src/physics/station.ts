import { APPLIANCE_KINDS, type ApplianceKind } from '@harbor/protocol'
import type { StationFaults } from '../faults/faults.ts'
import { type Random, createRandom, uniform } from '../random.ts'
import { type AirConditionerState, createAirConditioner, stepAirConditioner } from './air-conditioner.ts'
import { type PlugState, createMains, loadedV, plugAt, stepMains, stepPlug } from './electricity.ts'
import { type FridgeState, createFridge, stepFridge } from './fridge.ts'
import { localTime } from './local-time.ts'
import { type MicrowaveState, createMicrowave, stepMicrowave } from './microwave.ts'
import { type WeeklyHours, minutesUntilClosing } from './opening-hours.ts'
import { NOBODY, type PeopleState, stepPeople, visitsPerDay } from './people.ts'
import { type RoomState, createRoom, stepRoom } from './room.ts'
import { type Step } from './step.ts'
import { type WaterDispenserState, createWaterDispenser, stepWaterDispenser } from './water-dispenser.ts'
import { type Season, weatherAt } from './weather.ts'

/** What does not change about a simulated station. */
export interface StationPlan {
  id: string
  hours: WeeklyHours
  /** Seats. */
  capacity: number
  /** How much faster than the wall clock its parts live: 1 is real, 60 shows an hour in a minute. */
  timeScales: TimeScales
  /** Its fridge has a heater that thaws it. Default: none, as most small ones. */
  isFrostFree?: boolean
  /** The day of the year whose weather it always has; absent: that of its calendar. */
  season?: Season | undefined
  seed: string
}

/** How much faster than the wall clock the fridge, the room with its air conditioner, and the dispenser live. */
export interface TimeScales {
  fridge: number
  climate: number
  water: number
}

/** Everything as fast as the wall clock. */
export const REAL_TIME: TimeScales = { fridge: 1, climate: 1, water: 1 }

export interface StationState {
  people: PeopleState
  /** Open by its hours. */
  isOpen: boolean
  /** Seconds for which the door still stands open. */
  doorOpenS: number
  room: RoomState
  fridge: FridgeState
  airConditioner: AirConditionerState
  microwave: MicrowaveState
  waterDispenser: WaterDispenserState
  /** The supply's voltage before the room's load. */
  supplyV: number
  plugs: Readonly<Record<ApplianceKind, PlugState>>
  visitsPerDay: number
  /** Nobody switches its dispenser's heating off at closing. */
  isLeftHeating: boolean
}

export interface StationInput {
  atMs: number
  faults: StationFaults
  /** The plugs' relays, as their buttons and commands left them. */
  relays: Readonly<Record<ApplianceKind, boolean>>
}

/** docs/domain.md 1.3: capacity is about the floor over 2.5 m2. */
const FLOOR_M2_PER_SEAT = 2.5
const DOOR_OPEN_S = 5
/** At the start somebody stands in the door for so long that every sensor has connected before it closes (chosen). */
const FIRST_OPEN_S = 120
/** A keeper opens up at the posted time and looks in this often (chosen: cleaning, filling up; docs/domain.md 1.3, staffing). */
const KEEPER_EVERY_MS = 90 * 60_000
/** Of those who come: with a meal at midday, at other hours; drawing hot water (chosen). */
const MEAL_SHARE_NOON = 0.5
const MEAL_SHARE = 0.15
const DRAW_SHARE = 0.6
const NOON_FROM_MIN = 11 * 60
const NOON_TO_MIN = 14 * 60
/**
 * Fridge doors: somebody sees to it in open hours, each person inside opens it now and then, up to 120 openings and 12
 * boxes a day of the fridge's clock. docs/domain.md 3.2's heavy summer case has more in a day, but not hour after hour: on a fast
 * clock a busy noon lasts for days.
 */
const OPENINGS_PER_H = 1.5
const OPENINGS_PER_PERSON_H = 0.5
const MOST_OPENINGS_PER_H = 5
const BOXES_PER_OPENING = 0.1
/** Power factors under load: a compressor motor, an inverter, a magnetron's transformer, a resistor (chosen, typical). */
const RUNNING_FACTOR: Record<ApplianceKind, number> = {
  fridge: 0.72,
  air_conditioner: 0.97,
  microwave: 0.93,
  water_dispenser: 1,
}

/** A station as found at `atMs`; its plugs go on counting from `energyWh`. */
export function createStation(plan: StationPlan, atMs: number, energyWh: Record<ApplianceKind, number>): StationState {
  const random = createRandom(`${plan.seed} ${plan.id} equipment`)
  const floorM2 = plan.capacity * FLOOR_M2_PER_SEAT
  const visits = visitsPerDay(plan.capacity, random)
  return {
    people: NOBODY,
    isOpen: minutesUntilClosing(plan.hours, localTime(atMs)) > 0,
    doorOpenS: 0,
    room: createRoom(floorM2, weatherAt(atMs, plan.seed, plan.season)),
    fridge: createFridge(random, plan.isFrostFree),
    airConditioner: createAirConditioner(floorM2, random),
    microwave: createMicrowave(random),
    waterDispenser: createWaterDispenser(random, visits),
    supplyV: createMains(random),
    plugs: byKind(kind => plugAt(energyWh[kind])),
    visitsPerDay: visits,
    isLeftHeating: isLeftHeating(plan),
  }
}

/** Most keepers switch the dispenser's heating off when they lock up; in one station of seven nobody does (chosen). */
export function isLeftHeating({ seed, id }: Pick<StationPlan, 'seed' | 'id'>): boolean {
  return createRandom(`${seed} ${id} keeper`)() < 1 / 7
}

/** Stays last 35 minutes at most, and a room takes about an hour to follow the weather. */
const LIVED_IN_MS = 3_600_000
const LIVED_IN_STEP_MS = 10_000

/** A station as found at `atMs` in the midst of its day: who is there came within the last hour. Plugs count from `energyWh`. */
export function createLivedInStation(
  plan: StationPlan,
  { atMs, random }: { atMs: number; random: Random },
  energyWh: Record<ApplianceKind, number>,
): StationState {
  const relays = byKind(() => true)
  const step = { dtS: LIVED_IN_STEP_MS / 1_000, random }
  let state = createStation(plan, atMs - LIVED_IN_MS, energyWh)
  for (let nowMs = atMs - LIVED_IN_MS; nowMs < atMs; nowMs += LIVED_IN_STEP_MS) {
    state = stepStation(plan, state, { atMs: nowMs, faults: {}, relays, step })
  }
  // What is found open was opened by somebody: they are just at the door.
  const doorOpenS = minutesUntilClosing(plan.hours, localTime(atMs)) > 0 ? FIRST_OPEN_S : 0
  return { ...state, doorOpenS, plugs: byKind(kind => plugAt(energyWh[kind])) }
}

/** The station one step later. */
export function stepStation(
  plan: StationPlan,
  state: StationState,
  input: StationInput & { step: Step },
): StationState {
  const { atMs, faults, relays, step } = input
  const time = localTime(atMs)
  const weather = weatherAt(atMs, plan.seed, plan.season)
  const faster = (scale: number): Step => ({ dtS: step.dtS * scale, random: step.random })
  const open = minutesUntilClosing(plan.hours, time) > 0
  const people = stepPeople(
    state.people,
    { hours: plan.hours, time, capacity: plan.capacity, visitsPerDay: state.visitsPerDay },
    step,
  )
  const roomC = state.room.airC
  const inside = people.stays.length
  const airConditioner = stepAirConditioner(
    state.airConditioner,
    {
      powered: relays.air_conditioner,
      open,
      roomC,
      outdoorC: weather.outdoorC,
      fault: without('plug-off', faults.air_conditioner),
    },
    faster(plan.timeScales.climate),
  )
  const microwave = stepMicrowave(
    state.microwave,
    {
      powered: relays.microwave,
      meals: mealsOf(people.arrived, time.minute, step),
      fault: without('plug-off', faults.microwave),
    },
    step,
  )
  const waterDispenser = stepWaterDispenser(
    state.waterDispenser,
    {
      powered: relays.water_dispenser,
      isHeatingOff: !open && !state.isLeftHeating,
      roomC,
      drawnL: drawnL(people.arrived, step),
      fault: without('plug-off', faults.water_dispenser),
    },
    faster(plan.timeScales.water),
  )
  const fridge = stepFridge(
    state.fridge,
    { roomC, powered: relays.fridge, ...fridgeUse(open, inside), fault: without('plug-off', faults.fridge) },
    faster(plan.timeScales.fridge),
  )
  const powersW: Record<ApplianceKind, number> = {
    fridge: fridge.powerW,
    air_conditioner: airConditioner.powerW,
    microwave: microwave.powerW,
    water_dispenser: waterDispenser.powerW,
  }
  const totalW = APPLIANCE_KINDS.reduce((sum, kind) => sum + powersW[kind], 0)
  const voltageV = loadedV(state.supplyV, totalW)
  const looksIn = open && Math.floor(atMs / KEEPER_EVERY_MS) > Math.floor((atMs - step.dtS * 1_000) / KEEPER_EVERY_MS)
  // Somebody with a key opens and shuts it, too, and looks in.
  const moved = people.arrived + people.left > 0 || open !== state.isOpen || looksIn
  return {
    people,
    isOpen: open,
    doorOpenS: moved ? DOOR_OPEN_S : Math.max(0, state.doorOpenS - step.dtS),
    room: stepRoom(
      state.room,
      {
        weather,
        people: inside,
        // What the air conditioner moves is counted apart; the rest becomes heat in the room.
        appliancesW: totalW - airConditioner.powerW,
        conditionerW: airConditioner.heatW,
      },
      faster(plan.timeScales.climate),
    ),
    fridge,
    airConditioner,
    microwave,
    waterDispenser,
    supplyV: stepMains(state.supplyV, step),
    plugs: byKind(kind =>
      stepPlug(
        state.plugs[kind],
        { on: relays[kind], powerW: powersW[kind], voltageV, runningFactor: RUNNING_FACTOR[kind] },
        step.dtS,
      ),
    ),
    visitsPerDay: state.visitsPerDay,
    isLeftHeating: state.isLeftHeating,
  }
}

function byKind<Value>(make: (kind: ApplianceKind) => Value): Record<ApplianceKind, Value> {
  return {
    fridge: make('fridge'),
    air_conditioner: make('air_conditioner'),
    microwave: make('microwave'),
    water_dispenser: make('water_dispenser'),
  }
}

/** A plug that is off shows in the relay; the appliance behind it is healthy. */
function without<Fault extends string>(
  off: 'plug-off',
  fault: Fault | undefined,
): Exclude<Fault, 'plug-off'> | undefined {
  return fault === off ? undefined : (fault as Exclude<Fault, 'plug-off'> | undefined)
}

function fridgeUse(open: boolean, inside: number): { openingsPerH: number; boxesPerH: number } {
  const wanted = open ? OPENINGS_PER_H + OPENINGS_PER_PERSON_H * inside : 0
  const openingsPerH = Math.min(MOST_OPENINGS_PER_H, wanted)
  return { openingsPerH, boxesPerH: openingsPerH * BOXES_PER_OPENING }
}

function mealsOf(arrived: number, minute: number, { random }: Step): number {
  const noon = minute >= NOON_FROM_MIN && minute < NOON_TO_MIN
  return arrived > 0 && random() < (noon ? MEAL_SHARE_NOON : MEAL_SHARE) ? 1 : 0
}

function drawnL(arrived: number, { random }: Step): number {
  return arrived > 0 && random() < DRAW_SHARE ? uniform(random, 0.2, 0.45) : 0
}
