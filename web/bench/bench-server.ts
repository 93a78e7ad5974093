import { buildFinder, startFinderServer } from '../finder/test/finder-server.ts'
import { sampleCity } from '../finder/test/sample-stations.ts'

/** The built finder with a city's worth of stations, compressed as the real server compresses. */
export async function startBenchServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const built = await buildFinder()
  const server = await startFinderServer(built.folder)
  server.answer.stations = sampleCity(Date.now())
  return {
    url: `${server.url}/`,
    async stop() {
      await server.stop()
      await built.remove()
    },
  }
}
