/**
 * Rules for requests that the server cannot parse, if the exchange does not show which field caused the error.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isErrorName } from "../names.ts"
import type { OAuthFacts } from "../facts.ts"
import { means, rfc, says, topic, word } from "../rule.ts"
import { names } from "./missingField.ts"

/** The parameter that the server's message identifies and that is missing from the request. */
const lackOf = (facts: OAuthFacts): string | undefined => {
  if (!means(facts, "noParameter")) return undefined
  const named = /(?:parameter|field)[s:]{0,2}\s{0,3}['"(]{0,2}([a-z_]{3,40})/i.exec(
    facts.answer.description.slice(0, 600),
  )?.[1]
  return named === undefined || facts.field(named) !== undefined || (!named.includes("_") && !simple.has(named))
    ? undefined
    : named
}

/** Parameter names that are also ordinary words. */
const simple: ReadonlySet<string> = new Set([
  "assertion",
  "audience",
  "code",
  "password",
  "resource",
  "scope",
  "token",
  "username",
])

/** Whether an endpoint sent an error code that no table contains. */
const isUnknown = ({ answer, dialect, purpose }: OAuthFacts): boolean =>
  dialect === undefined &&
  purpose !== undefined &&
  purpose !== "resource" &&
  answer.error !== "" &&
  answer.meaning === undefined &&
  [0, 200, 302, 303, 400, 401, 403, 422].includes(answer.status) &&
  !isErrorName(answer.error)

export const malformed = topic("request")({
  code: "HF-OAUTH-REQUEST-011",
  title: "The server cannot parse the request: a field is missing, misspelled, repeated or malformed",
  explanation:
    "The error invalid_request concerns the form of the request: the server rejected the request before it looked " +
    "up any value.",
  fix: [
    {
      text: "compare the names and the encoding of the fields with the RFC and the server's documentation",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [rfc(6749, "5.2")],
  find: (facts) =>
    says(facts, "invalid_request") || means(facts, "noParameter") || isUnknown(facts)
      ? found({
          confidence:
            (facts.hasRequest && lackOf(facts) !== undefined) || (means(facts, "noParameter") && !facts.hasRequest)
              ? "likely"
              : "possible",
          detail: isUnknown(facts)
            ? "The server rejects the request with a message that no rule recognizes: " +
              `${`${facts.answer.written} ${facts.answer.description}`.trim().slice(0, 200)}.`
            : facts.hasRequest && means(facts, "noParameter")
              ? `The server reports that ${lackOf(facts) ?? "a parameter"} is missing. ${names(facts)}`
              : facts.hasRequest
                ? `${facts.fields.length === 0 ? "" : "None of the fields that the grant requires is missing. "}${names(facts)}`
                : lackOf(facts) !== undefined
                  ? `The server reports that the parameter ${lackOf(facts)} is missing.`
                  : "The response alone does not show which field is missing or malformed.",
          evidence: word(facts),
        })
      : undefined,
})
