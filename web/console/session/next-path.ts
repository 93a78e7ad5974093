/** Where to go when nowhere else was wanted: to where the person's role begins. */
export const HOME = '/'

/** The sign-in page's address for somebody who wanted to go to `wanted` (a path of the console with its query). */
export function signInPath(wanted: string): string {
  return wanted === HOME ? '/sign-in' : `/sign-in?${new URLSearchParams({ next: wanted })}`
}

/** Where to go after signing in. Only paths of the console are taken: an address of elsewhere would help phishers. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next')
  if (next === null || !/^\/(?![/\\])/.test(next) || next.startsWith('/sign-in')) return HOME
  return next
}
