/**
 * Rules for invalid regions and for the host names that clients build from them.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import { codeFor, type Misnamed } from "../../../client/host.ts"
import type { S3Facts } from "../../../facts.ts"
import { inFailure, pages, rule } from "./topic.ts"

const inHost = ({ misnamed }: S3Facts): ReadonlyArray<Evidence> =>
  misnamed === undefined
    ? []
    : [
        {
          at: "request.url",
          name: "host",
          observed: misnamed.host,
          ...(misnamed.instead === undefined ? {} : { expected: misnamed.instead }),
        },
      ]

const noRegion = rule({
  code: "HF-S3-CLIENT-004",
  name: "NoRegion",
  phase: "place",
  title: "The region is missing or empty, so the client cannot build the host name",
  explanation:
    "The region is part of the host (s3.eu-west-1.amazonaws.com) and of the signature. Clients read the region " +
    "from their configuration. The region may be set in the code, in AWS_REGION or AWS_DEFAULT_REGION, or in the " +
    "profile. A variable that is set but empty leaves a gap in the host name: s3..amazonaws.com.",
  fix: [
    {
      text:
        "set AWS_REGION (and AWS_DEFAULT_REGION), or set the region in the profile or the client; for a " +
        "self-hosted server, us-east-1 usually works",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.region],
  rivals: [],
  soleCause: pages.region,
  recognise: (facts) =>
    facts.client?.fault === "no region" || facts.misnamed?.flaw === "no region"
      ? found({
          confidence: facts.misnamed?.flaw === "no region" || facts.client?.isSure === true ? "certain" : "likely",
          detail:
            facts.misnamed?.flaw === "no region"
              ? `The host ${facts.misnamed.host} has a gap in place of the region because the region is empty.`
              : "The client reports that it has no region.",
          evidence: [...inFailure(facts), ...inHost(facts)],
        })
      : undefined,
})

/** The faults in a region name or a bucket name. */
const flaws: Readonly<Record<Misnamed["flaw"], (label: string) => string>> = {
  "no region": () => "the region is empty",
  "no bucket": () => "the bucket is empty",
  doubled: (label) => `the host contains the bucket ${label} twice`,
  zone: (label) => `${label} is an availability zone instead of a region`,
  "no code": (label) => `${label} is not a region code`,
  unknown: (label) => `${label} is not a known region`,
  numbered: (label) => `OVH's object storage regions do not have a number, but ${label} has one`,
}

const regionMisnamed = rule({
  code: "HF-S3-CLIENT-010",
  name: "RegionMisnamed",
  phase: "place",
  title: "The region does not exist: the client uses a zone, a name or a misspelling in place of the region's code",
  explanation:
    "Clients put the region into the host unchanged, so an incorrect region produces a host name that does not " +
    "resolve. The resulting endpoint may also be missing from the vendor's catalog. A region is specified by its " +
    "code, including hyphens. For example, use eu-west-1 instead of Ireland or eu-west-1a (an availability zone). " +
    "At OVH, compute regions have a number (GRA7). OVH's object storage regions have no number (GRA).",
  fix: [{ text: "use the region's code as listed by the vendor", safety: "check first" }],
  change: "human",
  links: [
    pages.regions,
    pages.zones,
    "https://help.ovhcloud.com/csm/en-public-cloud-storage-s3-location?id=kb_article_view&sysparm_article=KB0047384",
  ],
  rivals: [],
  soleCause: pages.zones,
  recognise: (facts) => {
    const { client, misnamed } = facts
    if (misnamed !== undefined && !["no region", "no bucket", "doubled"].includes(misnamed.flaw)) {
      const { flaw, host, instead, label } = misnamed
      return found({
        confidence: flaw === "zone" ? "certain" : "likely",
        detail: `The host ${host} does not exist: ${flaws[flaw](label)}.${instead === undefined ? "" : ` The region's code is ${instead}.`}`,
        evidence: inHost(facts),
      })
    }
    if (client?.fault !== "region unknown") return undefined
    const { name } = client
    const code = name === undefined ? undefined : codeFor(name)
    const short = /^[A-Z]{2,4}(?=\d{1,2}$)/.exec(name ?? "")?.[0]
    const instead =
      code !== undefined
        ? ` Its code is ${code}.`
        : short === undefined
          ? ""
          : ` Object storage uses region codes without a number: ${short}.`
    return found({
      confidence: "likely",
      detail: `The client does not recognize the region ${name === undefined ? "that it was given" : JSON.stringify(name)}.${instead}`,
      evidence: inFailure(facts),
    })
  },
})

/** All rules for invalid regions. */
export const regions = [noRegion, regionMisnamed] as const
