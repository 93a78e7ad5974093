import { MAX_BATCH, isId } from '@harbor/protocol'

/** Stations as they were typed or pasted from a table: by lines, blanks or commas, each once. */
export function readStations(text: string): { stations: string[]; wrong: string[] } {
  const words = [...new Set(text.split(/[\s,，;；、]+/).filter(word => word !== ''))]
  const ids = words.map(word => word.toLowerCase())
  return {
    stations: [...new Set(ids.filter(isId))].slice(0, MAX_BATCH),
    wrong: words.filter(word => !isId(word.toLowerCase())),
  }
}
