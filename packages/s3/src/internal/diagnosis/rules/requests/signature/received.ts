/**
 * A request that was changed on its way.
 */
import { cleared, found, unseen } from "@holdfast/diagnosis/Diagnosis"
import * as Canonical from "../../../canonical.ts"
import { links } from "../links.ts"
import { isForm, rule } from "./topic.ts"

/** What the server received is not what was sent. */
export const changedOnTheWay = rule({
  code: "HF-S3-SIGN-010",
  name: "ChangedOnTheWay",
  phase: "signature",
  title: "Something on the way changed the request: the server received another one than was sent",
  explanation:
    "With SignatureDoesNotMatch the server may show the canonical request: what it received, in the form that is signed. " +
    "Where a line of it differs from the request that was sent, a proxy, a rewritten host, a redirect or a library that " +
    "encodes again has changed it, and the signature no longer fits.",
  fix: [
    { text: "pass method, path, query and signed headers on unchanged, the Host header too", safety: "check first" },
    { text: "do not follow redirects with a signed request: sign for the other host", safety: "check first" },
  ],
  change: "plan",
  links: [links.querySigning],
  rivals: [
    "HF-S3-SIGN-011",
    "HF-S3-SIGN-012",
    "HF-S3-SIGN-013",
    "HF-S3-SIGN-014",
    "HF-S3-SIGN-015",
    "HF-S3-SIGN-016",
    "HF-S3-SIGN-019",
  ],
  recognise: (facts) => {
    const canonical = Canonical.read(facts.answer.element("CanonicalRequest"))
    if (isForm(facts) || canonical === undefined) return undefined
    if (!facts.hasRequest) return unseen("the request as it was sent, to compare it with the canonical one")
    const differences = Canonical.compare(canonical, facts)
    if (differences.length === 0) return cleared("request on the way", "arrived as it was sent")
    return found({
      confidence: "certain",
      detail: `${differences.map(({ name }) => name).join(", ")} ${differences.length === 1 ? "is" : "are"} not what was sent.`,
      evidence: differences,
    })
  },
})
