/**
 * Rules for requests that repeat a field, use an unsupported grant or scope, or use an encoding other than OAuth's.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import type { Encoding, OAuthFacts } from "../facts.ts"
import { deviceGrant } from "../../../DeviceCode.ts"
import { means, rfc, says, sentHeader, shown, topic, word } from "../rule.ts"
import { malformed } from "./malformed.ts"
import { scope } from "./scope.ts"
import { target } from "./target.ts"
import { canLack, noClient, noDeviceCode, noGrantType, noRefreshToken } from "./missingField.ts"

const rule = topic("request")

const forms: Readonly<Record<Exclude<Encoding, "form">, string>> = {
  json: "as JSON",
  multipart: "as multipart/form-data",
  query: "in the query of the URL",
  none: "in an unreadable format",
}

/**
 * Whether the server reports that a parameter is missing although the request contains it, because the server did not read
 * the request's encoding.
 */
const missesWhatWasSent = (facts: OAuthFacts): boolean => {
  const missed = (
    [
      ["noGrantType", "grant_type"],
      ["noClientId", "client_id"],
      ["noDeviceCode", "device_code"],
      ["noRefreshToken", "refresh_token"],
      ["secretMissing", "client_secret"],
    ] as const
  ).find(([cause]) => means(facts, cause))?.[1]
  return missed !== undefined && (facts.field(missed)?.value ?? "") !== ""
}

/** The grant types that the RFCs define. */
const standard: ReadonlySet<string> = new Set([
  deviceGrant,
  "authorization_code",
  "client_credentials",
  "password",
  "refresh_token",
  "urn:ietf:params:oauth:grant-type:jwt-bearer",
  "urn:ietf:params:oauth:grant-type:saml2-bearer",
  "urn:ietf:params:oauth:grant-type:token-exchange",
])

/** Whether the fields have an encoding that the server is not known to accept. */
const isWrongEncoding = ({ dialect, encoding, issuer }: OAuthFacts): boolean =>
  encoding !== "form" && dialect?.encodings.has(encoding) !== true && issuer?.takes.has(encoding) !== true

const encoding = rule({
  code: "HF-OAUTH-REQUEST-001",
  title: "The request is not form-encoded, so the server cannot read its fields",
  explanation:
    "The OAuth standard requires the fields as application/x-www-form-urlencoded in the body of the request, and " +
    "most providers accept only this encoding, not JSON, a multipart form or a query. A server that cannot read " +
    "the fields reports the first field as missing. The server may instead report the client as unknown or the " +
    "grant as unsupported.",
  fix: [
    { text: "send the fields as application/x-www-form-urlencoded in the body of a POST", safety: "safe to apply" },
  ],
  change: "plan",
  links: [rfc(6749, "B"), rfc(8628, "3.1")],
  rivals: [
    "HF-OAUTH-REQUEST-002",
    "HF-OAUTH-REQUEST-003",
    "HF-OAUTH-REQUEST-004",
    "HF-OAUTH-REQUEST-005",
    "HF-OAUTH-REQUEST-006",
    "HF-OAUTH-REQUEST-011",
    "HF-OAUTH-GRANT-006",
  ],
  find: (facts) => {
    const { dialect, encoding: sent, purpose } = facts
    if (!facts.hasRequest && means(facts, "formOnly")) {
      const detail = "The server reports that it accepts only forms, or it rejects the content type of the body."
      return found({ confidence: "likely", detail, evidence: word(facts) })
    }
    // A page for signing in is opened with a query.
    if (facts.answer.isProxys || (purpose === "authorize" && facts.method !== "POST")) return undefined
    const type = facts.header("content-type")
    const isForm = type === undefined || /x-www-form-urlencoded/i.test(type)
    // If the body was not captured, only its type is known.
    const isKept = sent !== "none" || facts.fields.length > 0
    const isWrongType = !isForm && (sent === "form" || (!isKept && (facts.header("content-length") ?? "0") !== "0"))
    const isContradictory = sent === "form" && isWrongType
    if (!canLack(facts) && !(isContradictory && purpose !== undefined && purpose !== "resource")) return undefined
    if (sent === "form" && !isWrongType) return cleared("encoding", "form-encoded, as required")
    if (sent !== "form" && dialect?.encodings.has(sent) === true) return undefined
    if (sent === "none" && facts.fields.length === 0 && !isWrongType) return undefined
    const isSure = missesWhatWasSent(facts) || /content-?type|urlencoded|form-?encoded/i.test(facts.answer.description)
    if (!isSure && !isContradictory && facts.issuer?.takes.has(sent) === true) return undefined
    const isApt =
      // The body contradicts its own type, which is visible whatever the server reports.
      isContradictory ||
      says(facts, "invalid_request") ||
      // Without a field of OAuth it may be the sign-in of any API.
      (says(facts, "") && (facts.field("grant_type") ?? facts.field("client_id")) !== undefined) ||
      (sent === "json" &&
        says(facts, "unsupported_grant_type") &&
        standard.has(facts.field("grant_type")?.value ?? "")) ||
      (facts.issuer?.wantsForm === true && says(facts, "unsupported_grant_type", "invalid_client"))
    return found({
      confidence: isSure ? "certain" : isApt ? "likely" : "possible",
      detail:
        sent === "form"
          ? `The body is form-encoded, but its content type is ${type ?? ""}.`
          : sent === "none"
            ? `The content type of the body is ${type ?? ""}.`
            : `The fields were sent ${forms[sent]}.`,
      evidence: [
        ...sentHeader(facts, "content-type", "application/x-www-form-urlencoded"),
        ...(sent === "query" ? facts.fields.slice(0, 1).flatMap((field) => shown(field, "in the body")) : []),
        ...word(facts),
      ],
      about: ["content-type", "x-www-form-urlencoded", "urlencoded"],
    })
  },
})

const duplicate = rule({
  code: "HF-OAUTH-REQUEST-002",
  title: "A parameter occurs more than once in the request",
  explanation:
    "A parameter must not be sent more than once, not even with the same value. A parameter is repeated if " +
    "defaults and options are both appended.",
  fix: [{ text: "send every parameter once", safety: "safe to apply" }],
  change: "plan",
  links: [rfc(6749, "3.2")],
  rivals: [
    "HF-OAUTH-REQUEST-001",
    "HF-OAUTH-REQUEST-003",
    "HF-OAUTH-REQUEST-004",
    "HF-OAUTH-REQUEST-005",
    "HF-OAUTH-REQUEST-006",
    "HF-OAUTH-REQUEST-011",
    "HF-OAUTH-GRANT-006",
  ],
  find: (facts) => {
    if (!canLack(facts)) return undefined
    // RFC 8707 and RFC 8693 permit these two to be repeated.
    const twice = facts.fields.filter(
      ({ name }, index) =>
        !["audience", "resource"].includes(name) && facts.fields.findIndex((one) => one.name === name) < index,
    )
    const [first] = twice
    if (first === undefined) return undefined
    return found({
      confidence: !says(facts, "invalid_request")
        ? "possible"
        : facts.answer.description === "" || /once|twice|duplicat|repeat|more than/i.test(facts.answer.description)
          ? "certain"
          : "likely",
      detail: `${[...new Set(twice.map(({ name }) => name))].join(", ")} occurs more than once.`,
      evidence: [...twice.flatMap((field) => shown(field, "once")), ...word(facts)],
      about: twice.map(({ name }) => name),
    })
  },
})

const unsupportedGrant = rule({
  code: "HF-OAUTH-REQUEST-007",
  title: "The server does not offer this grant type, or the name of the grant type is misspelled",
  explanation:
    "The server compares the name of the grant character by character. The grant type of the device flow has a " +
    "long name that begins with urn. The server does not recognize the short name `device_code`. A server that " +
    "does not support the device flow sends the same error.",
  fix: [
    { text: `use ${deviceGrant} to poll, or refresh_token to refresh`, safety: "check first" },
    { text: "check the server's metadata (grant_types_supported)", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(6749, "5.2"), rfc(8628, "3.4")],
  rivals: ["HF-OAUTH-REQUEST-001", "HF-OAUTH-REQUEST-003"],
  find: (facts) => {
    if (!says(facts, "unsupported_grant_type") && !means(facts, "grantType")) return undefined
    const grant = facts.field("grant_type")
    const close = grant !== undefined && grant.value !== deviceGrant && /device/i.test(grant.value)
    const isMisspelt = grant !== undefined && !standard.has(grant.value)
    const isUnread = grant !== undefined && !isMisspelt && isWrongEncoding(facts)
    return found({
      confidence: isMisspelt ? "certain" : isUnread ? "possible" : "likely",
      detail:
        grant === undefined
          ? "The server does not support the requested grant."
          : close
            ? `grant_type is ${grant.value}, but the device flow requires ${deviceGrant}.`
            : `grant_type is ${grant.value}.`,
      evidence: [...shown(grant, close ? deviceGrant : undefined), ...word(facts)],
      about: ["grant_type"],
    })
  },
})

const notPosted = rule({
  code: "HF-OAUTH-REQUEST-009",
  title: "The request uses the wrong HTTP method: OAuth's endpoints require POST",
  explanation:
    "Clients request tokens with POST to keep secrets out of addresses and logs. Servers reject a request that " +
    "uses another method. The response has status 404 or 405, which looks like a wrong path. A redirect (http to " +
    "https, a trailing slash) can also turn a POST into a GET.",
  fix: [{ text: "send a POST with the fields in the body directly to the final address", safety: "safe to apply" }],
  change: "plan",
  links: [rfc(6749, "3.2"), rfc(8628, "3.1")],
  rivals: ["HF-OAUTH-SERVER-004"],
  find: (facts) => {
    const { answer, method, purpose } = facts
    if (!facts.hasRequest && means(facts, "method")) {
      return found({
        confidence: "likely",
        detail: "The request to the server did not use POST.",
        evidence: word(facts),
      })
    }
    if (method === undefined || method === "POST" || purpose === undefined || purpose === "resource") return undefined
    // Facebook documents GET, and a browser opens a sign-in page with it.
    if (purpose === "authorize" || (facts.issuer?.system === "facebook" && !means(facts, "method"))) return undefined
    const isRefused = [400, 404, 405, 501].includes(answer.status)
    if (answer.isProxys && answer.status !== 405 && answer.status !== 404) return undefined
    if (!isRefused || (answer.error !== "" && !says(facts, "invalid_request") && !means(facts, "method")))
      return undefined
    return found({
      confidence: answer.status === 405 || means(facts, "method") ? "certain" : "likely",
      detail: `The request is a ${method}.`,
      evidence: [{ at: "request.method", name: "method", observed: method, expected: "POST" }, ...word(facts)],
    })
  },
})

const pageAsked = rule({
  code: "HF-OAUTH-REQUEST-010",
  title: "The server returned the error as a web page because the request accepts text/html",
  explanation:
    "Some servers choose the format of their errors according to the Accept header. Such servers send JSON to " +
    "programs and a web page to browsers. The page contains the same error, but a client that parses JSON cannot " +
    "read it.",
  fix: [{ text: "send Accept: application/json", safety: "safe to apply" }],
  change: "plan",
  links: [rfc(6749, "5.2")],
  rivals: ["HF-OAUTH-REQUEST-001"],
  find: (facts) => {
    const { answer } = facts
    const accept = facts.header("accept")
    // A browser opens a sign-in page.
    const isOfBrowser = facts.purpose === "resource" || facts.purpose === "authorize"
    if (!answer.isPage || isOfBrowser || accept === undefined || !/text\/html/i.test(accept)) return undefined
    return found({
      // Any server may answer a wrong address or a failure with a page.
      confidence: answer.error === "" ? "possible" : /json/i.test(accept) ? "likely" : "certain",
      detail:
        answer.error === ""
          ? `The Accept header is ${accept}, and the response is a web page.`
          : `The Accept header is ${accept}, and the response is a web page. The page contains the error ${answer.error}.`,
      evidence: [...sentHeader(facts, "accept", "application/json"), ...word(facts)],
    })
  },
})

/** All rules for the fields and the encoding of requests. */
export const request = [
  notPosted,
  pageAsked,
  encoding,
  duplicate,
  noGrantType,
  noClient,
  noDeviceCode,
  noRefreshToken,
  unsupportedGrant,
  ...target,
  ...scope,
  malformed,
] as const
