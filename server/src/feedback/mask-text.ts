/** What stands in the place of what was masked. */
const MASK = '***'

/** One or two blanks, hyphens or dots, as people write long numbers. */
const GAP = '[ \\-.\u00b7]{0,2}'
const digits = (count: number) => `(?:\\d${GAP}){${count}}`
/** The first characters of mainland number plates: provinces, the police and the army's Latin letters left out. */
const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领学警港澳'

const PATTERNS = [
  // Eighteen characters of a resident identity number (GB 11643-1999): the last may be an X.
  new RegExp(`(?<!\\d)${digits(17)}[\\dXx](?!\\d)`, 'gu'),
  // Eleven digits of a mobile number, with or without +86.
  new RegExp(`(?<!\\d)(?:(?:\\+|00)?86${GAP})?1${GAP}[3-9]${GAP}${digits(8)}\\d(?!\\d)`, 'gu'),
  // A number plate (GA 36-2018): a province, a letter, and five or, on new-energy vehicles, six characters.
  new RegExp(`[${PROVINCES}][ ]?[A-Za-z][ ·•.-]?[A-Za-z0-9]{4,5}[A-Za-z0-9挂学警港澳]`, 'gu'),
]

/**
 * A text without mobile numbers, identity numbers and number plates: for every view that others than staff see. Full-width
 * digits and letters count as what they stand for; what is not masked stays as it was written, apart from those.
 */
export function maskText(text: string): string {
  const plain = text.replaceAll(/[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff0b\uff0d]/gu, wide =>
    String.fromCharCode(wide.charCodeAt(0) - 0xfee0),
  )
  return PATTERNS.reduce((masked, pattern) => masked.replaceAll(pattern, MASK), plain)
}
