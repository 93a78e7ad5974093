/** How long the browser is given to take a file over before the page lets go of it. */
const TAKE_OVER_MS = 60_000

/** Hands a file that is in the page's memory to the browser to be saved. */
export function saveFile(content: Uint8Array<ArrayBuffer>, { type, name }: { type: string; name: string }): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), TAKE_OVER_MS)
}

/** The bytes that a base64 text stands for. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
}
