/**
 * An address that is not the one that was signed: its path, its query or its host.
 */
import * as Asked from "../../../asked.ts"
import { links } from "../links.ts"
import { asCause, isForm, rule } from "./topic.ts"

/** A path with percent signs that were encoded. */
export const pathEncodedTwice = rule({
  code: "HF-S3-SIGN-014",
  name: "PathEncodedTwice",
  phase: "signature",
  title: "The path of the URL was encoded twice",
  explanation:
    "S3 signs the path encoded once. A URL whose path went through an encoder again has %25 where a percent sign was, names " +
    "another object, and has another signature.",
  fix: [{ text: "use the URL as the signer gave it, without encoding it again", safety: "safe to apply" }],
  change: "url",
  links: [links.keys],
  rivals: ["HF-S3-SIGN-011", "HF-S3-SIGN-012", "HF-S3-SIGN-013", "HF-S3-SIGN-015", "HF-S3-SIGN-016", "HF-S3-SIGN-019"],
  recognise: (facts) => {
    const twice = /%25[0-9A-Fa-f]{2}/.exec(facts.url?.pathname ?? "")?.[0]
    if (twice === undefined || isForm(facts)) return undefined
    return asCause(facts, {
      detail: `The path has ${twice} in it, which is %${twice.slice(3)} encoded again.`,
      evidence: [{ at: "request.url", name: "path", observed: facts.url?.pathname ?? "", expected: "encoded once" }],
    })
  },
})

/** Parameters that S3 has; others may be signed, but hardly are. */
const own =
  /^(?:x-|response-|uploads$|uploadid$|partnumber$|versionid$|acl$|tagging$|signature$|expires$|.*accesskeyid$|googleaccessid$|list-type$|prefix$|delete$|retention$|legal-hold$|append$|security-token$)/i

/** A parameter that somebody added to the URL. */
export const foreignParameter = rule({
  code: "HF-S3-SIGN-015",
  name: "ForeignParameter",
  phase: "signature",
  title: "A parameter was added to the URL after it was signed",
  explanation:
    "Every parameter of the query is signed. One that is added afterwards, such as a marker against caches or one of a " +
    "campaign, makes another request of it.",
  fix: [{ text: "add nothing to a presigned URL", safety: "safe to apply" }],
  change: "url",
  links: [links.querySigning],
  rivals: ["HF-S3-SIGN-011", "HF-S3-SIGN-012", "HF-S3-SIGN-013", "HF-S3-SIGN-014", "HF-S3-SIGN-016", "HF-S3-SIGN-019"],
  recognise: (facts) => {
    if (Asked.queryVersion(facts) !== 4 || facts.url === undefined) return undefined
    const foreign = [...facts.url.searchParams.keys()].filter((name) => !own.test(name))
    if (foreign.length === 0) return undefined
    return asCause(facts, {
      detail: `${foreign.join(", ")} ${foreign.length === 1 ? "is a parameter" : "are parameters"} that S3 does not have.`,
      evidence: foreign.map((name) => Asked.inQuery(facts, name, "not there")),
      about: foreign,
    })
  },
})

/** The Host header names another host than the URL. */
export const otherHost = rule({
  code: "HF-S3-SIGN-016",
  name: "OtherHost",
  phase: "signature",
  title: "The request went to another host than the one it was signed for",
  explanation:
    "The Host header is always signed. A proxy or tunnel in front of the storage, a name that is replaced by an address, or a " +
    "port that is left out or added changes it.",
  fix: [
    {
      text: "sign for the host and port that the request is sent to, or pass Host on unchanged",
      safety: "check first",
    },
  ],
  change: "url",
  links: [links.querySigning],
  rivals: ["HF-S3-SIGN-011", "HF-S3-SIGN-012", "HF-S3-SIGN-013", "HF-S3-SIGN-014", "HF-S3-SIGN-015", "HF-S3-SIGN-019"],
  recognise: (facts) => {
    const host = facts.header("host")
    const { url } = facts
    if (host === undefined || url === undefined || isForm(facts) || Asked.signedIn(facts) === undefined)
      return undefined
    if (host.toLowerCase().replace(/:(?:80|443)$/, "") === url.host.toLowerCase()) return undefined
    return asCause(facts, {
      detail: `The URL's host is ${url.host}, and the Host header says ${host}.`,
      evidence: [Asked.inHeaders(facts, "host", url.host)],
      about: ["host"],
    })
  },
})
