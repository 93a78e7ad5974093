/** Asks below the API's root for a file that is made for this one request. */
export type AskFile = (path: string, body: unknown) => Promise<Uint8Array<ArrayBuffer>>
