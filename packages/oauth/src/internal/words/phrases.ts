/**
 * Sentences that single servers write word for word, with their causes: from the sources and the documentation of the servers.
 *
 * They are looked for before the patterns of `sentences.ts`, which fit the words of many servers.
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

/** The cause that a phrase of a token or device endpoint names. The text is in lower case. */
export const atEndpoint = (text: string): Name | undefined => first(endpoint, text)

/** Whether a text is known to be about a token. */
export const isOfToken = (text: string): boolean => first(resource, text.toLowerCase()) !== undefined

/** The cause that a phrase of a resource names. The text is in lower case. */
export const atResource = (text: string): Name | undefined => first(resource, text)
