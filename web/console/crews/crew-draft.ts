import type { ApplianceKind, Crew, CrewRequest } from '@harbor/protocol'

/** What the form of a crew holds. */
export interface CrewDraft {
  name: string
  districts: readonly string[]
  /** Empty: everything. */
  skills: readonly ApplianceKind[]
  members: readonly string[]
  /** A login; empty: none. */
  lead: string
  shift: string
  base: CrewRequest['base']
}

/** A crew as a form begins with it; undefined: a new one of a district. */
export function draftOf(crew: Crew | undefined, district: string | undefined): CrewDraft {
  return {
    name: crew?.name ?? '',
    districts: crew?.districts ?? (district === undefined ? [] : [district]),
    skills: crew?.skills ?? [],
    members: crew?.members.map(({ login }) => login) ?? [],
    lead: crew?.lead ?? '',
    shift: crew?.shift ?? '',
    base: crew?.base,
  }
}

/** What is missing before a draft can be sent. */
export function missingOf({ name, districts }: CrewDraft): readonly ('name' | 'districts')[] {
  return [
    ...(name.trim() === '' ? (['name'] as const) : []),
    ...(districts.length === 0 ? (['districts'] as const) : []),
  ]
}

/** The crew that a draft asks for. */
export function crewOf({ name, districts, skills, members, lead, shift, base }: CrewDraft): CrewRequest {
  return {
    name: name.trim(),
    districts: [...districts],
    skills: [...skills],
    members: [...members],
    ...(lead !== '' && { lead }),
    ...(shift.trim() !== '' && { shift: shift.trim() }),
    ...(base !== undefined && { base }),
  }
}

/** A list with or without one of its things. */
export function toggled<Thing>(things: readonly Thing[], thing: Thing): Thing[] {
  return things.includes(thing) ? things.filter(one => one !== thing) : [...things, thing]
}
