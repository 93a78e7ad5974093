/** What every topic that the filter matches begins with: all before the first wildcard, without the slash before it. */
export function literalPrefix(filter: string): string {
  const wildcardAt = filter.search(/[+#]/)
  return wildcardAt === -1 ? filter : filter.slice(0, Math.max(0, wildcardAt - 1))
}
