/** `fleet/…` with every part escaped, below the API's root. */
export function fleetPath(...parts: readonly (string | number)[]): string {
  return ['fleet', ...parts.map(part => encodeURIComponent(part))].join('/')
}
