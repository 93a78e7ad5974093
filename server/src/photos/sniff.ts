/** Media types that visitors' photos may have. */
export const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const

/** What the first bytes of a file say that it is, whatever its sender calls it; undefined: none of the three. */
export function sniffPhoto(bytes: Uint8Array): 'jpeg' | 'png' | 'webp' | undefined {
  const starts = (at: number, ...expected: number[]) => expected.every((byte, index) => bytes[at + index] === byte)
  if (starts(0, 0xff, 0xd8, 0xff)) return 'jpeg'
  if (starts(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png'
  // RIFF, four bytes of size, WEBP.
  return starts(0, 0x52, 0x49, 0x46, 0x46) && starts(8, 0x57, 0x45, 0x42, 0x50) ? 'webp' : undefined
}
