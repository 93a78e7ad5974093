/** Shortest password in characters: more than the 8 that NIST SP 800-63B asks for, since there is no second factor yet. */
export const LEAST_PASSWORD_LENGTH = 12
/** Longest, as the sign-in contract takes it. */
export const MOST_PASSWORD_LENGTH = 200

/** What is wrong with a password to be; undefined when it may be used. There are no composition rules (NIST SP 800-63B). */
export type PasswordFault = 'passwordTooShort' | 'passwordTooLong' | 'passwordGuessable'

export function passwordFault(password: string, login: string): PasswordFault | undefined {
  const length = passwordLength(password)
  if (length < LEAST_PASSWORD_LENGTH) return 'passwordTooShort'
  if (password.length > MOST_PASSWORD_LENGTH) return 'passwordTooLong'
  const isRepeated = new Set(password).size < 3
  const isLogin = login.trim() !== '' && password.toLowerCase().split(login.trim().toLowerCase()).join('') === ''
  return isRepeated || isLogin ? 'passwordGuessable' : undefined
}

/** Length as people count it: a Han character outside the basic plane or an emoji is one. */
export function passwordLength(password: string): number {
  return [...password].length
}
