import type { InfluxAnswer, InfluxRequest } from './influx-server.ts'

interface Bucket {
  id: string
  orgID: string
  name: string
  retentionRules: { type: string; everySeconds: number }[]
}
interface Task {
  id: string
  name: string
  flux: string
  description: string
  status: string
}
interface Token {
  id: string
  token: string
  description: string
  permissions: { action: string; resource: { type: string; id: string; orgID: string } }[]
}

/** What the stand-in holds; a test may look at it and change it. */
export interface InfluxState {
  isNew: boolean
  orgs: { id: string; name: string }[]
  buckets: Bucket[]
  tasks: Task[]
  tokens: Token[]
}

const ADMIN_TOKEN = 'admin-token'
const ORG = { id: 'a000000000000001', name: 'harbor' }

/**
 * A stand-in for InfluxDB 2's management API as its documentation describes it (buckets, tasks, authorizations, and the rights of a
 * write), because no InfluxDB 2 can be installed where these tests run. What a real one does is for `npm run test:influx`.
 */
export function influxApi(): {
  state: InfluxState
  adminToken: string
  answer: (request: InfluxRequest) => InfluxAnswer
} {
  const state: InfluxState = { isNew: false, orgs: [ORG], buckets: [], tasks: [], tokens: [] }
  let lastId = 0
  const newId = () => `b${String((lastId += 1)).padStart(15, '0')}`
  const json = (status: number, value: object): InfluxAnswer => ({
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
  })
  const refused = (status: number, message: string) => json(status, { code: 'error', message })

  function answer(request: InfluxRequest): InfluxAnswer {
    const { method, path, query } = request
    if (path === '/api/v2/setup') return json(200, { allowed: state.isNew })
    const given = request.authorization?.replace(/^Token /, '')
    const own = state.tokens.find(({ token }) => token === given)
    if (given !== ADMIN_TOKEN && own === undefined) return refused(401, 'unauthorized access')
    const may = (action: string, id: string) =>
      own === undefined || own.permissions.some(right => right.action === action && right.resource.id === id)
    const body = () => JSON.parse(request.body) as Record<string, unknown>
    const named = <Item extends { name: string }>(items: Item[], key = 'name') =>
      items.filter(({ name }) => name === query.get(key))

    if (path === '/api/v2/write') {
      const bucket = state.buckets.find(({ name }) => name === query.get('bucket'))
      if (bucket === undefined) return refused(404, 'bucket not found')
      if (!may('write', bucket.id)) return refused(403, 'insufficient permissions for write')
      return request.body === '' ? refused(400, 'writing requires points') : { status: 204 }
    }
    if (path === '/api/v2/buckets' && method === 'GET')
      return json(200, { buckets: named(state.buckets).filter(({ id }) => may('read', id)) })
    if (own !== undefined) return refused(403, 'forbidden')
    if (path === '/api/v2/orgs') {
      const orgs = named(state.orgs, 'org')
      return orgs.length === 0 ? refused(404, 'organization not found') : json(200, { orgs })
    }
    if (path === '/api/v2/buckets') {
      const bucket = { id: newId(), ...(body() as object) } as Bucket
      state.buckets.push(bucket)
      return json(201, bucket)
    }
    const bucketId = /^\/api\/v2\/buckets\/(\w+)$/.exec(path)?.[1]
    if (bucketId !== undefined) {
      const bucket = state.buckets.find(({ id }) => id === bucketId)
      return bucket === undefined ? refused(404, 'bucket not found') : json(200, Object.assign(bucket, body()))
    }
    if (path === '/api/v2/tasks' && method === 'GET') return json(200, { tasks: named(state.tasks) })
    if (path === '/api/v2/tasks') {
      const { flux, description } = body() as { flux: string; description: string }
      // A task's name is what its own text says.
      const task = { id: newId(), name: /name: "([^"]*)"/.exec(flux)?.[1] ?? '', flux, description, status: 'active' }
      state.tasks.push(task)
      return json(201, task)
    }
    const taskId = /^\/api\/v2\/tasks\/(\w+)$/.exec(path)?.[1]
    if (taskId !== undefined) {
      const task = state.tasks.find(({ id }) => id === taskId)
      return task === undefined ? refused(404, 'task not found') : json(200, Object.assign(task, body()))
    }
    if (path === '/api/v2/authorizations') {
      const token = { id: newId(), token: `token-${newId()}`, ...(body() as object) } as Token
      state.tokens.push(token)
      return json(201, token)
    }
    return refused(404, 'path not found')
  }

  return { state, adminToken: ADMIN_TOKEN, answer }
}
