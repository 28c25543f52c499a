/**
 * The types of responses of intermediaries and APIs, with their causes.
 */
import type { Random } from "../chance.ts"

/** A response, or none. */
export interface Told {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly failure?: string
}

/** A response of an intermediary with its causes. */
export interface Saying {
  readonly name: string
  readonly codes: ReadonlyArray<string>
  readonly told: (random: Random) => Told
}

/** An intermediary in front of a server, or the client itself. */
export interface Speaker {
  readonly name: string
  /** The host of the request, if the speaker is not an intermediary. */
  readonly host?: string
  readonly headers: (random: Random) => Readonly<Record<string, string>>
  readonly says: ReadonlyArray<Saying>
}

/** An HTML page. */
export const html = (
  status: number,
  reason: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Told => ({
  status,
  headers: { "Content-Type": "text/html", ...headers },
  body: `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body>\r\n${body}\r\n</body>\r\n</html>\r\n`,
})

/** A plain text. */
export const text = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Told => ({
  status,
  headers: { "Content-Type": "text/plain", ...headers },
  body,
})

/** A JSON document. */
export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Told => ({
  status,
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(body),
})

/** A response that is always the same. */
export const saying = (name: string, codes: ReadonlyArray<string>, told: Told): Saying => ({
  name,
  codes,
  told: () => told,
})
