/**
 * Reads the error code, and the cause stated in the message, from the response of a sign-in server or of a resource that
 * accepts its tokens.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as Portal from "@holdfast/http/Portal"
import * as Challenge from "../wire/challenge.ts"
import * as Content from "../wire/content.ts"
import * as ErrorPayload from "../wire/errorPayload.ts"
import type * as ErrorWords from "../wire/errorWords.ts"
import * as Meaning from "../words/meaning.ts"
import * as Phrases from "../words/phrases.ts"
import * as ClientWords from "../words/client.ts"
import type { Callback } from "./callback.ts"
import { contentOf, isKept } from "./content.ts"
import type { Issuer } from "./issuer.ts"
import * as Page from "./page.ts"
import { causeIn } from "./stated.ts"
import { endpoints, isOfToken, isTokenPhrase, known, listed } from "./names.ts"
import type { Purpose } from "./requestFields.ts"

/** The parts of a response that the rules read. */
export interface OAuthAnswer {
  readonly status: number
  /** The error code, in the table's spelling if the table contains it; empty if the server did not send a code. */
  readonly error: string
  /** The error code exactly as the server sent it. */
  readonly written: string
  readonly description: string
  /** The location of the error code in the exchange. */
  readonly at: string
  /** The location of the description in the exchange. */
  readonly describedAt: string
  readonly form: ErrorPayload.ErrorPayload["form"]
  /** Seconds. */
  readonly interval: number | undefined
  readonly header: (name: string) => string | undefined
  readonly isPage: boolean
  /** Whether the response is successful and contains the tokens or codes that the call needs. */
  readonly hasContent: boolean
  readonly body: string
  /** The cause that the server's message states. */
  readonly meaning: Meaning.Meaning | undefined
  /** The key of the row that determines the verdict; empty if no error was identified. */
  readonly key: string
  /** Whether the response came from an intermediary in front of the server. */
  readonly isProxys: boolean
  /**
   * Why the successful response to a call that expects content is unusable; absent if the response is usable or reports an
   * error.
   */
  readonly lack: ReturnType<typeof Content.lack> | undefined
  /** The parameters of the challenge from a resource that accepts tokens. */
  readonly challenge: Challenge.Challenge | undefined
}

/** The information that is needed to read a response. */
export interface Context {
  readonly purpose: Purpose | undefined
  readonly issuer: Issuer | undefined
  readonly words: ErrorWords.Words
  readonly now: number
  /** The sign-in result that the browser carries from the sign-in server, if the request contains one. */
  readonly callback?: Callback | undefined
}

/** Reads a response. Total. */
export const read = ({ failure, response }: Exchange, context: Context): OAuthAnswer => {
  const header = (name: string) => Exchanges.header(response?.headers ?? {}, name)
  const body = response?.body ?? ""
  const status = response?.status ?? 0
  const isPage = body.trim() !== "" && Portal.isHtml({ body, headers: response?.headers ?? {} })
  const payload = ErrorPayload.read(body, context.words)
  const { purpose } = context
  const isEndpoint = purpose !== undefined && purpose !== "resource"
  // A redacted value cannot be the name of a scheme.
  const challenge = Challenge.ofToken((header("www-authenticate") ?? "").replaceAll(/\[hidden-[^\]]{0,40}\]/g, ""))
  const content = contentOf(body, context)
  const isSuccess = status >= 200 && status < 300
  // A response with its tokens is a success, whatever else it contains.
  const said =
    isSuccess && content?.value !== undefined
      ? undefined
      : (ofCallback(context.callback) ??
        (isEndpoint ? undefined : ofChallenge(challenge, payload.description ?? textIn(body))) ??
        ofBody(payload, context, status) ??
        unlisted(body) ??
        (isPage ? onPage(body, status, isEndpoint || context.issuer !== undefined) : undefined) ??
        (isEndpoint && !isPage ? ofText(body, status) : undefined) ??
        ofLocation(status, header("location")) ??
        ofChallenge(challenge, ""))
  const error = said?.error ?? ""
  const described = said?.description ?? ""
  const words = { ...payload, key: error, written: said?.written ?? error, description: described }
  // A client may print the address of the resource next to the error of its refresh.
  const isAtResource =
    purpose === undefined
      ? isOfToken(error, said?.at) || isTokenPhrase(error, described)
      : purpose === "resource" && !endpoints.has(error)
  const refusal = response === undefined && said === undefined ? ofClient(failure) : undefined
  const meaning =
    error === ""
      ? refusal
      : isAtResource
        ? Meaning.atResource(words)
        : (Meaning.atEndpoint(words) ??
          (purpose === undefined && status === 401 ? Meaning.atResource(words) : undefined))
  const stated = meaning === undefined ? causeIn(error, described, isAtResource) : undefined
  return {
    status,
    form: payload.form === "unanswered" ? payload.form : "none",
    error,
    description: "",
    at: "response.status",
    describedAt: "response.status",
    interval: undefined,
    header,
    isPage,
    hasContent: isSuccess && content?.value !== undefined,
    body,
    ...(refusal === undefined ? said : { description: failure ?? "", at: "failure", describedAt: "failure" }),
    written: said?.written ?? error,
    meaning: stated === undefined ? meaning : { cause: stated },
    key: error,
    isProxys:
      error === "" &&
      status >= 400 &&
      (isPage || proxies.has(status) || payload.form === "unanswered" || proxyText.test(body.slice(0, 500))),
    lack:
      isSuccess && error === "" && content !== undefined && isKept(response) && content.value === undefined
        ? Content.lack(body, content.problem)
        : undefined,
    challenge,
  }
}

/** Statuses that only intermediaries send. */
const proxies: ReadonlySet<number> = new Set([407, 499, 502, 504, 511, 520, 521, 522, 523, 524, 525, 526, 527, 530])

/**
 * Matches error messages that intermediaries send instead of an HTML page. The intermediaries include Cloudflare, Envoy,
 * HAProxy and load balancers.
 */
const proxyText =
  /^\s{0,8}error code: \d{3,4}\b|upstream (?:connect|request)|no healthy upstream|bad gateway|gateway time-?out/i

type Said = Pick<OAuthAnswer, "at" | "description" | "error"> & Partial<OAuthAnswer>

const ofBody = (payload: ErrorPayload.ErrorPayload, context: Context, status: number): Said | undefined => {
  // Redaction closes the string in which a truncated body ends, so an unknown error code may be the beginning of a
  // longer one.
  if (!payload.isWhole && context.words.find({ error: payload.key }) === undefined) return undefined
  const isRefused = status === 401 && Meaning.atResource(payload) !== undefined
  if (context.purpose === "resource" && context.issuer === undefined && !isRefused) return ofResource(payload)
  return ofEndpoint(payload, context)
}

/**
 * Reads the error from the response of an OAuth endpoint. A response that contains only a `message` can come from a gateway,
 * so the `message` is used only if its text is recognized.
 */
const ofEndpoint = (payload: ErrorPayload.ErrorPayload, { issuer }: Context): Said | undefined => {
  const { at, description = "", describedAt, form, interval, isMarked, key, written } = payload
  if (key === undefined || written === undefined || at === undefined) return undefined
  const isKnown =
    listed.has(key) ||
    Meaning.atEndpoint(payload) !== undefined ||
    issuer !== undefined ||
    Phrases.isOfToken(`${key} ${description}`)
  if (form === "detailed" && !isMarked && !isKnown) return undefined
  return {
    error: key,
    written,
    description,
    at: `response.body.${at}`,
    describedAt: `response.body.${describedAt ?? at}`,
    form,
    interval,
  }
}

/**
 * Reads the error from the response of any API. Other APIs use OAuth's names in other locations and spellings, so only
 * OAuth's own format is recognized.
 */
const ofResource = (payload: ErrorPayload.ErrorPayload): Said | undefined =>
  payload.at === "error" ||
  payload.numbers?.facebook !== undefined ||
  (payload.at === "message" && payload.isMarked) ||
  Phrases.isOfToken(`${payload.key ?? ""} ${payload.description ?? ""}`)
    ? ofEndpoint(
        { ...payload, ...(payload.written === undefined ? {} : { key: payload.written }) },
        { purpose: "resource", issuer: undefined, words: { find: () => undefined }, now: 0 },
      )
    : undefined

/** Reads `error_code`, in which Google reports that the rate limit for code requests was exceeded. */
const unlisted = (body: string): Said | undefined => {
  const error = ErrorPayload.unlisted(body)
  return error === undefined ? undefined : { error, description: "", at: "response.body.error_code", form: "simple" }
}

/** Reads the result of a sign-in from the request that the browser sends to the client. */
const ofCallback = (callback: Callback | undefined): Said | undefined =>
  callback === undefined
    ? undefined
    : {
        error: callback.error,
        description: callback.description,
        at: "request.url?error",
        describedAt: "request.url?error_description",
        form: "simple",
      }

/** Reads the error from a client library that rejects the result of its sign-in. */
const ofClient = (failure: string | undefined): Meaning.Meaning | undefined => {
  const cause = failure === undefined ? undefined : ClientWords.causeOf(failure)
  return cause === undefined ? undefined : { cause }
}

/**
 * Reads the error from a page of an OAuth server. The page contains the error code or a sentence for the user. Only Entra
 * sends an error page with a success status.
 */
const onPage = (body: string, status: number, isServers: boolean): Said | undefined => {
  const error = body.match(/\b[a-z]+_[a-z_]+\b/g)?.find((word) => known.has(word))
  const isReason = (text: string) =>
    (status >= 400 || /\bAAD(?:STS|B2C)\d/.test(text)) && Meaning.atEndpoint({ description: text }) !== undefined
  const description = isServers ? Page.sentenceIn(body, isReason) : undefined
  return error === undefined && description === undefined
    ? undefined
    : { error: error ?? "invalid_request", description: description ?? "", at: "response.body" }
}

const longestText = 400

const ofText = (body: string, status: number): Said | undefined => {
  const text = body.trim()
  if (status < 400 || text.length > longestText || /^[[{<]/.test(text)) return undefined
  return Meaning.atEndpoint({ description: text }) === undefined
    ? undefined
    : { error: "invalid_request", description: text, at: "response.body", describedAt: "response.body" }
}

const textIn = (body: string): string => {
  const text = body.trim()
  return text.length > longestText || /^[[{<]/.test(text) ? "" : text
}

/**
 * Reads the error about a token from the `WWW-Authenticate` header (RFC 6750, section 3). Envoy and other servers put the
 * message only in the body.
 */
const ofChallenge = (challenge: Challenge.Challenge | undefined, inBody: string): Said | undefined => {
  const error = challenge?.parameters.get("error")
  if (error === undefined || error === "") return undefined
  const at = "response.headers.www-authenticate"
  const described = challenge?.parameters.get("error_description") ?? ""
  return described === "" && inBody !== ""
    ? { error, description: inBody, at, describedAt: "response.body", form: "simple" }
    : { error, description: described, at, describedAt: at, form: "simple" }
}

/** Reads the error from the redirect that a sign-in page sends (RFC 6749, section 4.1.2.1). */
const ofLocation = (status: number, location: string | undefined): Said | undefined => {
  if (status < 300 || status >= 400 || location === undefined || location.length > 8192) return undefined
  const parameters = new URLSearchParams(location.slice(location.search(/[?#]/) + 1).replaceAll("#", "&"))
  const error = parameters.get("error")
  if (error === null || error === "" || !/[?#]/.test(location)) return undefined
  const at = "response.headers.location"
  return { error, description: parameters.get("error_description") ?? "", at, describedAt: at, form: "simple" }
}
