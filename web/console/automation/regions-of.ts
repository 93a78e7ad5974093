import type { ServiceAccountRequest } from '@harbor/protocol'

/** What somebody wrote of a region, as an account has it: six digits are a district, nine a street; the server says what is wrong with others. */
export function regionsOf(text: string): Pick<ServiceAccountRequest, 'districts' | 'streets'> {
  const codes = text.split(/[\s,，、;；]+/).filter(code => code !== '')
  const streets = codes.filter(code => code.length === 9)
  // An account is limited to streets or to districts: a whole district beside a street is written as its streets.
  if (streets.length === 0) return { districts: codes }
  return { districts: codes.filter(code => code.length !== 9), streets }
}
