/** Whether a legal topic filter matches a topic that has no leading `$` (MQTT 3.1.1, 4.7). */
export function filterMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/')
  const levels = topic.split('/')
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true // also the parent level itself: `a/#` matches `a`
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false
  }
  return wanted.length === levels.length
}

/** What every topic that the filter matches begins with: all before the first wildcard, without the slash before it. */
export function literalPrefix(filter: string): string {
  const wildcardAt = filter.search(/[+#]/)
  return wildcardAt === -1 ? filter : filter.slice(0, Math.max(0, wildcardAt - 1))
}
