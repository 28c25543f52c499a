/**
 * Rules for methods that the address does not accept, and for forms sent to servers that do not support them.
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

/** Evidence: the URL or path of the request. */
export const inUrl = (facts: S3Facts) => {
  const { url } = facts
  return url === undefined ? [] : [{ at: "request.url", name: "host and path", observed: `${url.host}${url.pathname}` }]
}

export const methodNotAllowed = rule({
  code: "HF-S3-PLACE-007",
  name: "MethodNotAllowed",
  phase: "place",
  title: "The URL does not support the request's method",
  explanation:
    "Buckets accept forms sent with POST. Objects and parts accept PUT. The server rejects a POST to an object, " +
    "and a PUT to a website endpoint or to a delete marker. A host that only serves files rejects every upload, " +
    "regardless of the signature.",
  fix: [
    { text: "send a form to the bucket's URL, and send an object's bytes to the object's URL", safety: "check first" },
    { text: "use the S3 endpoint instead of the website endpoint or the CDN", safety: "check first" },
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
          "A POST was sent to an object's URL. The server treated the request as a form and reported a missing " +
          "policy. An object's URL requires PUT.",
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
 * A POST from a browser to a storage service that does not support forms. The browser hides the rejection because the
 * response lacks CORS headers, and a page sends no other kind of POST to a bucket.
 */
const hiddenForm = (facts: S3Facts) =>
  facts.method === "POST" &&
  facts.url?.search === "" &&
  lackOf(facts, "forms") !== undefined &&
  /blocked by CORS|Cross-Origin Request Blocked|access control checks/i.test(facts.exchange.failure ?? "")
    ? found({
        confidence: "likely",
        detail: `${Asked.serverOf(facts)} does not support POST Object, the upload by form and policy. The server's rejection has no CORS headers, so the browser hides the rejection. Use a presigned PUT.`,
        evidence: [{ at: "request.method", name: "method", observed: "POST", expected: "PUT" }, ...inUrl(facts)],
        about: ["method"],
      })
    : undefined

/** A form that was sent to a server that does not accept forms. */
export const formsNotTaken = rule({
  code: "HF-S3-PLACE-008",
  name: "FormsNotTaken",
  phase: "place",
  title: "The server does not accept POST forms at this address",
  explanation:
    "Few servers support S3's POST forms. Other servers ignore such a form, and some proxies do not forward it. " +
    "The response is then a page, or a status without a body. The same response occurs if the form is sent to an " +
    "object's address. A form must be sent to the bucket's address.",
  fix: [
    { text: "use PUT to send the file to a presigned URL", safety: "check first" },
    { text: "check that the form is sent to the bucket's own S3 address", safety: "check first" },
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
          detail: `${Asked.serverOf(facts)} does not support POST Object, the upload by form and policy. Use a presigned PUT.`,
          evidence: [...forms.evidence, ...inUrl(facts)],
        })
  },
  recognise: (facts) => {
    const { answer, form } = facts
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
        detail: `${Asked.serverOf(facts)} does not support POST Object, the upload by form and policy. Use a presigned PUT.`,
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
      detail: `The server answered the form with status ${answer.status}${answer.isForeign ? " and a page that is not from S3" : ""}.`,
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
