/** A file's size in the reader's language: `812 kB`, `1.4 MB`. Decimal, as card makers count. */
export function sizeText(sizeBytes: number, locale: string): string {
  const isLarge = sizeBytes >= 1e6
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: isLarge ? 'megabyte' : 'kilobyte',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(sizeBytes / (isLarge ? 1e6 : 1e3))
}
