import { type AirConditionerFault, airConditionerCourse } from './air-conditioner-course.ts'
import type { Course } from './course.ts'
import { type DispenserFault, dispenserCourse } from './dispenser-course.ts'
import { type FridgeFault, fridgeCourse } from './fridge-course.ts'
import { type MicrowaveFault, microwaveCourse } from './microwave-course.ts'
import { OTHER_APPLIANCES, otherApplianceCourse } from './other-appliances-course.ts'
import { type PlugFault, plugCourse } from './plug-course.ts'
import { type RoomFault, roomCourse } from './room-course.ts'

/** What is simulated: a healthy thing, or one with a fault. */
export interface Kind {
  name: string
  isHealthy: boolean
  course: (seed: number) => Course
}

const FRIDGE: FridgeFault[] = [
  'too-warm',
  'never-stops',
  'never-starts',
  'start-fails',
  'short-cycling',
  'door-ajar',
  'door-contact',
  'weak',
  'slowly-weak',
  'defrost-stuck',
  'too-cold',
  'unplugged',
  'probe-leaps',
  'probe-impossible',
]
const MICROWAVE: MicrowaveFault[] = ['does-not-heat', 'weak', 'stuck-on', 'dead']
const DISPENSER: DispenserFault[] = ['not-heating', 'heats-on', 'fast-cycling', 'night-heating', 'filter-due']
const AIR_CONDITIONER: AirConditionerFault[] = [
  'off-in-heat',
  'fan-only',
  'no-cooling',
  'short-cycling',
  'left-on',
  'too-weak',
  'door-propped',
  'slowly-weak',
]
const PLUG: PlugFault[] = [
  'over-current',
  'over-temperature',
  'power-while-off',
  'appliance-dead',
  'voltage-sag',
  'voltage-surge',
  'meter-wrong',
  'over-10-a',
  'clock-ahead',
  'clock-behind',
]
const ROOM: RoomFault[] = [
  'too-hot',
  'heat-danger',
  'fire-heat',
  'too-cold',
  'damp',
  'leak',
  'smoke',
  'flat-temperature',
  'flat-humidity',
  'leaps',
  'impossible',
  'battery-low',
  'count-never-zero',
  'count-after-closing',
  'count-drift',
  'count-dead',
  'not-opened',
  'door-after-closing',
]

function kindsOf<Fault extends string>(
  thing: string,
  faults: readonly Fault[],
  make: (seed: number, fault?: Fault) => Course,
): Kind[] {
  return [
    { name: `${thing}: healthy`, isHealthy: true, course: seed => make(seed) },
    ...faults.map(fault => ({
      name: `${thing}: ${fault.replaceAll('-', ' ')}`,
      isHealthy: false,
      course: (seed: number) => make(seed, fault),
    })),
  ]
}

/** Every kind of fault that is simulated, with its healthy twins. */
export const KINDS: readonly Kind[] = [
  ...kindsOf('fridge', FRIDGE, fridgeCourse),
  ...kindsOf('microwave', MICROWAVE, microwaveCourse),
  ...kindsOf('water dispenser', DISPENSER, dispenserCourse),
  ...kindsOf('air conditioner', AIR_CONDITIONER, airConditionerCourse),
  ...kindsOf('plug', PLUG, plugCourse),
  ...kindsOf('room', ROOM, roomCourse),
  ...OTHER_APPLIANCES.map(thing => ({
    name: `watts alone, ${thing}: healthy`,
    isHealthy: true,
    course: (seed: number) => otherApplianceCourse(thing, seed),
  })),
]
