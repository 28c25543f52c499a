/**
 * The rule for headers that a presigner moved into the query.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { pages, rule } from "./topic.ts"

/** Headers that S3 does not read from the query. */
const unhoistable =
  /^x-amz-(?:server-side-encryption(?:-.{1,60})?|object-lock-.{1,40}|grant-.{1,30}|copy-source-.{1,60})$/

/** Encryption, lock and grant headers that a presigned URL carries only as query parameters. */
export const hoistedIn = (facts: S3Facts): ReadonlyArray<string> =>
  Asked.signedIn(facts) !== "query"
    ? []
    : [...(facts.url?.searchParams.keys() ?? [])].filter(
        (name) => unhoistable.test(name.toLowerCase()) && facts.header(name.toLowerCase()) === undefined,
      )

/** A header that the presigner moved to the query. */
export const headerInQuery = rule({
  code: "HF-S3-SIGN-027",
  name: "HeaderInQuery",
  phase: "permission",
  title: "An encryption header was put in the URL's query, where it has no effect; it must be sent as a header",
  explanation:
    "Signers put x-amz- headers into the query of a presigned URL. For most of these headers, signing them in the " +
    "URL is equivalent to sending them. S3 reads x-amz-server-side-encryption and related headers only from the " +
    "request's headers, and evaluates the bucket's policy only against those. A policy that requires encryption " +
    "then denies the upload, even though the URL appears to request encryption.",
  fix: [
    {
      text:
        "configure the presigner to sign the encryption setting as a header (unhoistableHeaders in the AWS SDK for " +
        "JavaScript), and send that header with the request",
      safety: "check first",
    },
  ],
  change: "url",
  links: [pages.presigner, links.encryption],
  recognise: (facts) => {
    if (Asked.signedIn(facts) !== "query" || facts.proof === "form" || facts.url === undefined) return undefined
    const hoisted = hoistedIn(facts)
    if (hoisted.length === 0) return undefined
    const isDenied =
      Asked.said(facts, "AccessDenied", "InvalidArgument", "InvalidRequest") ||
      (Asked.isWordless(facts) && facts.answer.status === 403)
    if (!isDenied || /not signed|expired|not authorized to perform: kms/i.test(facts.answer.message)) return undefined
    const isPlain = Asked.said(facts, "AccessDenied") && !/no identity-based policy/i.test(facts.answer.message)
    return found({
      confidence: isPlain ? "likely" : "possible",
      detail:
        `${hoisted.join(", ")} ${hoisted.length === 1 ? "is" : "are"} in the query and ` +
        `${hoisted.length === 1 ? "was" : "were"} not sent as ${hoisted.length === 1 ? "a header" : "headers"}.`,
      evidence: [
        ...hoisted.map((name) => Asked.inQuery(facts, name, "signed and sent as a header")),
        ...hoisted.map((name) => Asked.inHeaders(facts, name.toLowerCase(), "sent")),
      ],
      about: hoisted,
    })
  },
})
