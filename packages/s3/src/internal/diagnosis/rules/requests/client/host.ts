/**
 * Rules for invalid regions, and for the hosts that clients build from them.
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
  title: "No region is set: it is missing or empty, so the client cannot build the host name",
  explanation:
    "The region is part of the host (s3.eu-west-1.amazonaws.com) and of the signature. It comes from the code, " +
    "AWS_REGION or AWS_DEFAULT_REGION, or the profile. A variable that is set but empty leaves a gap in the name: " +
    "s3..amazonaws.com.",
  fix: [
    {
      text:
        "set AWS_REGION (and AWS_DEFAULT_REGION), or the region in the profile or the client; for your own server " +
        "us-east-1 usually works",
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
              ? `The host ${facts.misnamed.host} has a gap in place of the region: the region is empty.`
              : "The client says that it has no region.",
          evidence: [...inFailure(facts), ...inHost(facts)],
        })
      : undefined,
})

/** The faults of a region or a bucket. */
const flaws: Readonly<Record<Misnamed["flaw"], (label: string) => string>> = {
  "no region": () => "the region is empty",
  "no bucket": () => "the bucket is empty",
  doubled: (label) => `the bucket ${label} is in it twice`,
  zone: (label) => `${label} is an availability zone instead of a region`,
  "no code": (label) => `${label} is not the code of a region`,
  unknown: (label) => `${label} is not a known region`,
  numbered: (label) => `the regions of OVH's object storage have no number, but ${label} has one`,
}

const regionMisnamed = rule({
  code: "HF-S3-CLIENT-010",
  name: "RegionMisnamed",
  phase: "place",
  title: "The region does not exist: the client has a zone, a name or a typo in place of the region's code",
  explanation:
    "Clients put the region into the host unchanged, so a wrong one yields a host name that does not resolve, or " +
    "an endpoint that is missing in the vendor's catalogue. A region is given by its code with hyphens: eu-west-1 " +
    "instead of Ireland or eu-west-1a (an availability zone). At OVH the regions of compute have a number (GRA7), " +
    "those of object storage have none (GRA).",
  fix: [{ text: "use the code of the region, as the vendor lists it", safety: "check first" }],
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
          : ` Object storage has regions without a number: ${short}.`
    return found({
      confidence: "likely",
      detail: `The client finds no region ${name === undefined ? "of this name" : JSON.stringify(name)}.${instead}`,
      evidence: inFailure(facts),
    })
  },
})

/** All rules about invalid regions. */
export const regions = [noRegion, regionMisnamed] as const
