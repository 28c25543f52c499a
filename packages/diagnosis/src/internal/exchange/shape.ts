/**
 * The shape of an exchange.
 */

/** A field of a form, in the order of the wire. */
export interface FormField {
  readonly name: string
  readonly value: string
  /** The length of the value as sent, in bytes, where `value` is no longer what was sent. */
  readonly bytes?: number | undefined
}

/** The part of a form that holds a file: its bytes are not kept. */
export interface FormFile {
  readonly name: string
  readonly filename?: string | undefined
  /** Bytes. */
  readonly size?: number | undefined
  /** The media type of the part itself. */
  readonly type?: string | undefined
}

/** One part of a form. */
export type FormPart = FormField | FormFile

/** A request as it was sent, or as it is held before it is sent. */
export interface Request {
  /** What the client calls the operation, where it says so: `GetObjectTagging`. */
  readonly operation?: string | undefined
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The parts of a multipart form, in the order of the wire. */
  readonly form?: ReadonlyArray<FormPart> | undefined
  /** A short body that is text: a document, an encoded form. Never the bytes of a file. */
  readonly body?: string | undefined
  /** How long the body is, in bytes; of a form, of the file and everything around it. */
  readonly size?: number | undefined
  /** How many bytes of the body had left when the exchange ended. */
  readonly sent?: number | undefined
}

/** A response. Status 0 stands for none, as browsers say it. */
export interface Response {
  readonly status: number
  /** No server stated the status: the recognizer of the text assumed the one that usually comes with it. */
  readonly isStatusAssumed?: boolean | undefined
  /** The reason phrase of HTTP/1.1: `Slow Down`. */
  readonly reason?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/**
 * One request with its response.
 *
 * **Details**
 *
 * Everything but the response's status may be missing; the explanation then says less. `failure` is why there is
 * no response: the code that the operating system or the client gave (`ECONNRESET`). `at` is the time of the answer by the
 * clock of the machine that asked: milliseconds of the epoch, an ISO date, or a `Date`. `attempt` counts from 1. `isExcerpt`
 * says that a recognizer found it in other text, as a log or an exception quotes it: what was sent is not known.
 */
export interface Exchange {
  readonly request?: Request | undefined
  readonly response?: Response | undefined
  readonly failure?: string | undefined
  readonly at?: number | string | Date | undefined
  readonly attempt?: number | undefined
  readonly isExcerpt?: boolean | undefined
}
