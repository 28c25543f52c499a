/**
 * Exact messages from individual servers, with their causes. The messages come from the source code and documentation of the
 * servers.
 *
 * Exact messages take precedence over the patterns in `sentences.ts`, which match messages from many servers.
 */
import type { Name } from "./causes.ts"
import { platforms } from "./phrases/platforms.ts"
import type { Phrase } from "./phrases/server.ts"
import { servers } from "./phrases/servers.ts"

const all = [...servers, ...platforms]
const endpoint = all.flatMap((server) => server.endpoint ?? [])
const resource = all.flatMap((server) => server.resource ?? [])

const first = (phrases: ReadonlyArray<Phrase>, text: string): Name | undefined =>
  phrases.find(([words]) => text.includes(words))?.[1]

/** Returns the cause that a message from a token or device endpoint identifies. The text must be in lower case. */
export const atEndpoint = (text: string): Name | undefined => first(endpoint, text)

/** Whether the text contains a known message about a token. */
export const isOfToken = (text: string): boolean => first(resource, text.toLowerCase()) !== undefined

/** Returns the cause that a message from a resource identifies. The text must be in lower case. */
export const atResource = (text: string): Name | undefined => first(resource, text)
