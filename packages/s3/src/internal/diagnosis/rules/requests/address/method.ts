/**
 * Rules for methods that the address does not accept, and for forms at servers without them.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { lackOf, refused } from "../../../dialects/lacks.ts"
import { textOf } from "../../../dialects/text.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"
import { isDeleteMarker } from "../operations/object.ts"

const rule = topic("place")

/** Evidence: the request's URL or path. */
export const inUrl = (facts: S3Facts) => {
  const { url } = facts
  return url === undefined ? [] : [{ at: "request.url", name: "host and path", observed: `${url.host}${url.pathname}` }]
}

export const methodNotAllowed = rule({
  code: "HF-S3-PLACE-007",
  name: "MethodNotAllowed",
  phase: "place",
  title: "This URL does not support this method",
  explanation:
    "Buckets accept forms with POST; objects and parts accept PUT. A POST to an object, a PUT to a website " +
    "endpoint or to a delete marker, and any upload to a host that only serves files are rejected, with any " +
    "signature.",
  fix: [
    { text: "send a form to the bucket's URL and bytes to the object's URL", safety: "check first" },
    { text: "use the S3 endpoint instead of the website or the CDN in front of it", safety: "check first" },
  ],
  change: "plan",
  links: [links.hosts],
  rivals: ["HF-S3-BODY-007"],
  recognise: (facts) => {
    const { answer, method } = facts
    if (isDeleteMarker(facts)) return undefined
    // Google treats a POST as a form, and reports its missing policy.
    if (
      method === "POST" &&
      facts.form === undefined &&
      Asked.said(facts, "InvalidPolicyDocument") &&
      /missing policy/i.test(textOf(facts))
    ) {
      return found({
        confidence: "likely",
        detail:
          "A POST was sent to a URL for the bytes of an object: the server treated it as a form and reported a " +
          "missing policy. Such a URL needs PUT.",
        evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Details"), ...inUrl(facts)],
      })
    }
    if (
      !Asked.said(facts, "MethodNotAllowed", "InvalidHttpMethod") &&
      !(Asked.isWordless(facts) && answer.status === 405)
    ) {
      return undefined
    }
    const type = answer.element("ResourceType")
    return found({
      confidence: "likely",
      detail: `${type === undefined ? "This URL" : `A ${type}`} does not support ${method ?? answer.element("Method") ?? "the method"}.`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Method", "ResourceType"), ...inUrl(facts)],
    })
  },
})

/**
 * A POST of a browser to a storage without forms, whose refusal the browser hides: it comes without the headers of CORS, and a
 * page has no other POST to a bucket.
 */
const hiddenForm = (facts: S3Facts) =>
  facts.method === "POST" &&
  facts.url?.search === "" &&
  lackOf(facts, "forms") !== undefined &&
  /blocked by CORS|Cross-Origin Request Blocked|access control checks/i.test(facts.exchange.failure ?? "")
    ? found({
        confidence: "likely",
        detail: `${facts.dialect.name} has no POST Object, the upload by form and policy, and refuses a form without the headers of CORS, so the browser hides the refusal: use a presigned PUT.`,
        evidence: [{ at: "request.method", name: "method", observed: "POST", expected: "PUT" }, ...inUrl(facts)],
        about: ["method"],
      })
    : undefined

/** A form for a server that takes none. */
export const formsNotTaken = rule({
  code: "HF-S3-PLACE-008",
  name: "FormsNotTaken",
  phase: "place",
  title: "The server does not accept POST forms at this address",
  explanation:
    "Few servers support S3's forms. A server without them, or a proxy that does not forward them, answers with a " +
    "page or a status without a body and ignores the form. The same happens if the form goes to the address of an " +
    "object instead of the bucket's.",
  fix: [
    { text: "send the file with PUT to a presigned URL", safety: "check first" },
    { text: "check that the form goes to the bucket's own address in S3", safety: "check first" },
  ],
  change: "plan",
  links: [links.hosts, "https://developers.cloudflare.com/r2/api/s3/presigned-urls/"],
  rivals: ["HF-S3-PLACE-007"],
  inspect: (facts) => {
    const forms = Asked.isUnanswered(facts) ? refused(facts).find(({ feature }) => feature === "forms") : undefined
    return forms === undefined
      ? undefined
      : found({
          confidence: "certain",
          detail: `${facts.dialect.name} has no POST Object, the upload by form and policy: use a presigned PUT.`,
          evidence: [...forms.evidence, ...inUrl(facts)],
        })
  },
  recognise: (facts) => {
    const { answer, dialect, form } = facts
    const isNamed = /\bpost\b.{0,40}not (?:yet )?(?:implemented|supported)/i.test(answer.message)
    const isAlone = facts.method === undefined && facts.url === undefined
    const hidden = hiddenForm(facts)
    if (hidden !== undefined) return hidden
    if (!Asked.sendsForm(facts) && !(isNamed && isAlone && Asked.said(facts, "NotImplemented"))) return undefined
    const source = lackOf(facts, "forms")
    const isRefused =
      Asked.said(facts, "NotImplemented", "MethodNotAllowed", "InvalidRequest", "NotSupported") ||
      (Asked.isWordless(facts) && answer.status >= 400 && answer.status !== 403)
    if ((source !== undefined && isRefused) || isNamed) {
      return found({
        confidence: Asked.said(facts, "NotImplemented") || isNamed ? "certain" : "likely",
        detail: `${dialect.name} has no POST Object, the upload by form and policy: use a presigned PUT.`,
        evidence: [
          ...(form === undefined
            ? Asked.signedIn(facts) === undefined && facts.header("content-type") !== undefined
              ? [Asked.inHeaders(facts, "content-type", "PUT with the bytes")]
              : []
            : [
                {
                  at: "request.form",
                  name: "form",
                  observed: `${form.parts.length} parts`,
                  expected: "PUT with the bytes",
                },
              ]),
          ...Asked.theCode(facts),
          ...inUrl(facts),
        ],
      })
    }
    if (form === undefined || answer.isErrorDocument || ![404, 412].includes(answer.status)) return undefined
    return found({
      confidence: "likely",
      detail: `A form got status ${answer.status}${answer.isForeign ? " and a page that is not from S3" : ""}.`,
      evidence: [
        {
          at: "response.status",
          name: "status",
          observed: String(answer.status),
          expected: "200, 201, 204 or an S3 error",
        },
        ...inUrl(facts),
      ],
    })
  },
})
