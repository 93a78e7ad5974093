/**
 * A test whether a topic fits a legal filter (MQTT 3.1.1, 4.7): `+` one level, `#` the rest and the level above it. Wildcards
 * in the first level do not fit topics that start with `$` [MQTT-4.7.2-1].
 */
export function topicMatcher(filter: string): (topicLevels: readonly string[]) => boolean {
  const levels = filter.split('/')
  const isOpenEnded = levels.at(-1) === '#'
  const fixed = isOpenEnded ? levels.slice(0, -1) : levels
  const startsWild = levels[0] === '+' || levels[0] === '#'
  return topicLevels => {
    if (startsWild && topicLevels[0]?.startsWith('$')) return false
    if (isOpenEnded ? topicLevels.length < fixed.length : topicLevels.length !== fixed.length) return false
    return fixed.every((level, index) => level === '+' || level === topicLevels[index])
  }
}
