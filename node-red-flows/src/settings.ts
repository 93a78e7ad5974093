import type { Logger } from 'pino'
import type { SignIn } from './sign-in.ts'

/** After this a person signs in to the editor again, and a role taken away in the console takes effect (chosen: 2 hours). */
const SESSION_EXPIRY_S = 2 * 3_600

/** Node-RED's numbers for the levels of its log messages (@node-red/util, log.js). */
const LEVEL_ERROR = 20
const LEVEL_FATAL = 10

interface NodeRedLogMessage {
  level: number
  msg?: unknown
  type?: string
  id?: string
}

export interface SettingsInput {
  userDir: string
  credentialSecret: string
  signIn: SignIn
  log: Logger
}

/**
 * Node-RED's settings for this project. The flows run inside the system with its rights, so what would let a flow run
 * programs, install code or answer strangers is off.
 */
export function nodeRedSettings({ userDir, credentialSecret, signIn, log }: SettingsInput): object {
  return {
    userDir,
    flowFile: 'flows.json',
    flowFilePretty: true,
    credentialSecret,
    httpAdminRoot: '/',
    // No `http in` nodes: they would answer without a sign-in.
    httpNodeRoot: false,
    adminAuth: { type: 'credentials', sessionExpiryTime: SESSION_EXPIRY_S, ...signIn },
    contextStorage: { default: { module: 'localfilesystem' } },
    functionExternalModules: false,
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false, allowUpload: false },
      modules: { allowInstall: false },
    },
    nodesExcludes: ['90-exec.js'],
    telemetry: { enabled: false, updateNotification: false },
    diagnostics: { enabled: false, ui: false },
    editorTheme: {
      page: { title: "Workers' Harbor" },
      header: { title: "Workers' Harbor" },
      tours: false,
    },
    logging: { harbor: { level: 'warn', metrics: false, audit: false, handler: () => logHandler(log) } },
  }
}

/** Node-RED's warnings and errors as lines of our log. */
function logHandler(log: Logger): (message: NodeRedLogMessage) => void {
  return ({ level, msg, type, id }) => {
    const text = msg instanceof Error ? msg.message : typeof msg === 'string' ? msg : JSON.stringify(msg)
    const source = { ...(type === undefined ? {} : { type }), ...(id === undefined ? {} : { node: id }) }
    if (level <= LEVEL_FATAL) log.fatal(source, text)
    else if (level <= LEVEL_ERROR) log.error(source, text)
    else log.warn(source, text)
  }
}
