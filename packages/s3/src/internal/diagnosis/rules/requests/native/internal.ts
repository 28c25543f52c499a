/**
 * The rule for endpoints that are reachable only from the vendor's own network.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { conditions } from "../../../dialects/conditions.ts"
import { topic } from "../../../rule.ts"

const rule = topic("place")

export const internalEndpoint = rule({
  code: "HF-S3-PLACE-019",
  name: "InternalEndpoint",
  phase: "place",
  title: "The endpoint is internal to the vendor: it is reachable only from the vendor's own network",
  explanation:
    "Some storages have internal endpoints for servers in the same region (OSS and COS: -internal, IBM: private " +
    "and direct). Internal endpoints have private addresses. A browser, or a machine outside that network or " +
    "region, cannot connect to an internal endpoint. Links for browsers must use the public endpoint. The host is " +
    "part of the signature, so links must be signed for the public endpoint.",
  fix: [
    {
      text: "use the public endpoint for external clients, and sign requests for that endpoint",
      safety: "check first",
    },
    {
      text: "alternatively, run the client in the vendor's network, in the region of the bucket",
      safety: "check first",
    },
  ],
  change: "url",
  links: [
    "https://www.alibabacloud.com/help/en/oss/user-guide/regions-and-endpoints",
    "https://www.tencentcloud.com/document/product/436/6224",
  ],
  recognise: (facts) =>
    conditions.internalHost(facts)
      ? found({
          confidence: "likely",
          detail:
            `${facts.url?.hostname} is an internal endpoint: it is reachable only from within the vendor's network, ` +
            "and the connection failed.",
          evidence: [
            { at: "request.url", name: "host", observed: facts.url?.hostname ?? "" },
            { at: "failure", name: "failure", observed: (facts.exchange.failure ?? "").slice(0, 120) },
          ],
        })
      : undefined,
})
