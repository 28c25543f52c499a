/**
 * Answers of intermediaries and APIs, with what they mean.
 */
import type { Random } from "../chance.ts"

/** An answer, or none. */
export interface Told {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly failure?: string
}

/** Something that an intermediary says. */
export interface Saying {
  readonly name: string
  readonly codes: ReadonlyArray<string>
  readonly told: (random: Random) => Told
}

/** One that may stand in front of a server, or the client itself. */
export interface Speaker {
  readonly name: string
  /** Whom the request is for, where the speaker is no intermediary. */
  readonly host?: string
  readonly headers: (random: Random) => Readonly<Record<string, string>>
  readonly says: ReadonlyArray<Saying>
}

/** A page. */
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

/** A line of text. */
export const text = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Told => ({
  status,
  headers: { "Content-Type": "text/plain", ...headers },
  body,
})

/** A document. */
export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Told => ({
  status,
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(body),
})

/** One that is the same each time. */
export const saying = (name: string, codes: ReadonlyArray<string>, told: Told): Saying => ({
  name,
  codes,
  told: () => told,
})
