import { apiErrorSchema } from '@harbor/protocol'
import { type ZodOpenApiOperationObject, type ZodOpenApiPathsObject, createDocument } from 'zod-openapi'
import type { Route } from './route.ts'

const ERROR_REPLY = { content: { 'application/json': { schema: apiErrorSchema } } }

const BINARY = { schema: { type: 'string', format: 'binary' } } as const

/** The OpenAPI 3.1 document of a table of routes. */
export function openApiDocument(routes: readonly Route[]): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {}
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: "Workers' Harbor",
      version: '1',
      description:
        'Times are ISO 8601 in UTC. Positions are WGS-84. Staff sign in with POST /api/v1/session and are limited to their districts.',
    },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'harbor_session' },
        service: { type: 'http', scheme: 'bearer' },
      },
    },
  })
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { params, query, body, bytes, response, allow, service } = route
  const isOpen = allow === 'anyone'
  const roles = typeof allow === 'string' || allow.length === 0 ? '' : ` For ${allow.join(', ')}.`
  const right = service === undefined ? '' : ` Service accounts: the right \`${service}\`.`
  const isForPeople = allow.length > 0
  const ways = [...(isForPeople ? [{ session: [] }] : []), ...(service === undefined ? [] : [{ service: [] }])]
  return {
    operationId: operationId(route),
    summary: route.summary + roles + right,
    security: isOpen ? [] : ways,
    ...((params ?? query) !== undefined && {
      requestParams: { ...(params && { path: params }), ...(query && { query }) },
    }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    ...(bytes && {
      requestBody: { required: true, content: Object.fromEntries(bytes.types.map(type => [type, BINARY])) },
    }),
    responses: {
      ...(response === undefined
        ? { '204': { description: 'Done.' } }
        : {
            '200': { description: 'Done.', content: { [route.textType ?? 'application/json']: { schema: response } } },
          }),
      ...((params ?? query ?? body) !== undefined && {
        '400': { description: 'A parameter or the body is wrong.', ...ERROR_REPLY },
      }),
      ...(!isOpen && { '401': { description: 'Nobody is signed in.', ...ERROR_REPLY } }),
      ...(params && { '404': { description: 'No such thing, or not in your districts.', ...ERROR_REPLY } }),
      default: { description: 'Another error.', ...ERROR_REPLY },
    },
  }
}

/** `get /api/v1/stations/{id}` as `getStationsId`. */
function operationId({ method, path }: Route): string {
  const words = path.replace(/^\/api(\/v1)?/, '').match(/\w+/g) ?? []
  return method + words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
