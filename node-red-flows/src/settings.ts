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
  /** The flow file; absolute, or a name in `userDir`. */
  flowFile: string
  /** Flows cannot be changed: the file is never written. */
  isReadOnly: boolean
  /** What function nodes find as `global.get('harbor')`. */
  toolkit: object
  credentialSecret: string
  signIn: SignIn
  log: Logger
}

/**
 * Node-RED's settings for this project. The flows run inside the system with its rights, so what would let a flow run
 * programs, install code or answer strangers is off.
 */
export function nodeRedSettings(input: SettingsInput): object {
  const { userDir, flowFile, isReadOnly, toolkit, credentialSecret, signIn, log } = input
  return {
    userDir,
    flowFile,
    flowFilePretty: true,
    readOnly: isReadOnly,
    functionGlobalContext: { harbor: toolkit },
    credentialSecret,
    httpAdminRoot: '/',
    // No `http in` nodes: they would answer without a sign-in.
    httpNodeRoot: false,
    adminAuth: { type: 'credentials', sessionExpiryTime: SESSION_EXPIRY_S, ...signIn },
    // Written every 5 s, and at a stop; what must outlive a crash is in the ledger.
    contextStorage: { default: { module: 'localfilesystem', config: { flushInterval: 5 } } },
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
