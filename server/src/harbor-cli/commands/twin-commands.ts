import { type Command, command, step } from '../command.ts'

const GATEWAYS = '/api/v1/fleet/gateways'
const FILTERS = {
  region: 'a district or street',
  state: 'as in_step, pending, silent',
  problem: 'as clock_off',
  profile: 'of which its config is made',
  software: 'the version that it runs',
  tag: 'a word by which gateways are grouped',
  text: "part of an id or a station's name",
  after: 'the next of the page before',
  limit: 'at most 500',
} as const

/** What each gateway is to be, against what it says it is. */
export const TWIN_COMMANDS: readonly Command[] = [
  command(
    {
      name: 'fleet twin list',
      options: Object.fromEntries(
        Object.entries(FILTERS).map(([name, about]) => [name, { type: 'string', about }] as const),
      ),
      about: 'gateways: desired against reported',
    },
    ({ text }, { api }) =>
      api.get(GATEWAYS, Object.fromEntries(Object.keys(FILTERS).map(name => [name, text(name)] as const))),
  ),
  command(
    { name: 'fleet twin show', takes: ['gateway'], about: 'one gateway, with its devices and strangers' },
    ({ words }, { api }) => api.get(`${GATEWAYS}/${step(words['gateway'])}`),
  ),
  command(
    {
      name: 'fleet twin tag',
      takes: ['gateway'],
      options: { tags: { type: 'string', about: 'all that it has from now on, with commas between; empty: none' } },
      about: 'set the tags of a gateway',
    },
    ({ words, needed }, { api }) => {
      const tags = needed('tags')
        .split(',')
        .map(tag => tag.trim())
        .filter(tag => tag !== '')
      return api.send('PUT', `${GATEWAYS}/${step(words['gateway'])}/tags`, { tags })
    },
  ),
  command(
    {
      name: 'fleet twin adopt',
      takes: ['gateway'],
      options: {
        vendor: { type: 'string', about: 'as the stranger has it' },
        address: { type: 'string', about: 'as the stranger has it' },
        device: { type: 'string', about: 'its id; default: the proposed one' },
        appliance: { type: 'string', about: 'default: the proposed one; none: it is on no appliance' },
      },
      about: 'add a device that is heard and not configured',
    },
    ({ words, text, needed }, { api }) => {
      const [device, appliance] = [text('device'), text('appliance')]
      return api.send('POST', `${GATEWAYS}/${step(words['gateway'])}/adopt`, {
        vendor: needed('vendor'),
        address: needed('address'),
        ...(device !== undefined && { device }),
        ...(appliance !== undefined && { appliance: appliance === 'none' ? null : appliance }),
      })
    },
  ),
]
