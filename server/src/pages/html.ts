/** Text that is HTML already. Only `html` and `raw` make it, so that nothing gets into a page without being escaped. */
export interface Html {
  readonly html: string
}

type Value = Html | string | number | undefined | false | readonly (Html | undefined | false)[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, sign => ESCAPES[sign] ?? sign)
}

/** Markup with values in it: texts and numbers are escaped, HTML is taken as it is, what is undefined or false is left out. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: strings.reduce((before, text, index) => before + htmlOf(values[index - 1]) + text) }
}

function htmlOf(value: Value): string {
  if (value === undefined || value === false) return ''
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  return 'html' in value ? value.html : value.map(htmlOf).join('')
}

/**
 * A data block: JSON in a script element that no browser runs, so that no security policy needs to allow it. A `<` in it
 * could end the element.
 */
export function jsonBlock(type: string, value: object): Html {
  return { html: `<script type="${escapeHtml(type)}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>` }
}
