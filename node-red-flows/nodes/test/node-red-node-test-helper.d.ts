/** What these tests use of Node-RED's own bench for nodes. */
declare module 'node-red-node-test-helper' {
  interface BenchNode {
    on: (event: string, listener: (message: Record<string, unknown>) => void) => void
    receive: (message: Record<string, unknown>) => void
  }
  interface Bench {
    init: (runtimePath: string) => void
    startServer: (done: () => void) => void
    stopServer: (done: () => void) => void
    load: (nodes: unknown[], flow: object[], credentials: Record<string, object>) => Promise<void>
    unload: () => Promise<void>
    getNode: (id: string) => BenchNode
  }
  const bench: Bench
  export default bench
}
