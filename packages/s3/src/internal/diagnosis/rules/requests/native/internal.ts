/**
 * Rule for endpoints that only the vendor's own network reaches.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { conditions } from "../../../dialects/conditions.ts"
import { topic } from "../../../rule.ts"

const rule = topic("place")

export const internalEndpoint = rule({
  code: "HF-S3-PLACE-019",
  name: "InternalEndpoint",
  phase: "place",
  title: "The endpoint is the vendor's internal one, which only its own network reaches",
  explanation:
    "Storages have endpoints for servers in the same region (OSS and COS: -internal, IBM: private and direct), " +
    "with private addresses. A browser, or a machine outside of that network or region, cannot connect. Links for " +
    "browsers need the public endpoint. The host is signed, so they must be signed for it.",
  fix: [
    { text: "use the public endpoint for external clients, and sign for it", safety: "check first" },
    { text: "or run the client in the vendor's network, in the region of the bucket", safety: "check first" },
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
