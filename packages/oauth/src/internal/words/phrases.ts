/**
 * Exact messages of individual servers, with their causes. They are from the servers' sources and documentation.
 *
 * They take precedence over the patterns of `sentences.ts`, which match the messages of many servers.
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

/** The cause of a message from a token or device endpoint. The text must be in lower case. */
export const atEndpoint = (text: string): Name | undefined => first(endpoint, text)

/** Whether a text is known to concern a token. */
export const isOfToken = (text: string): boolean => first(resource, text.toLowerCase()) !== undefined

/** The cause of a message from a resource. The text must be in lower case. */
export const atResource = (text: string): Name | undefined => first(resource, text)
