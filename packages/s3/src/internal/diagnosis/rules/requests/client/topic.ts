/**
 * Helper functions for the rules about clients.
 */
import { type Evidence, found, type Finding } from "@holdfast/diagnosis/Diagnosis"
import type { ClientFault } from "../../../client/words.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Creates a rule about a client's settings. */
export const rule = topic("client")

/** Pages from the AWS SDKs and Tools Reference Guide and from other vendors. */
export const pages = {
  credentials: "https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html",
  files: "https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html",
  signOn: "https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html",
  region: "https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html",
  regions: "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html",
  zones: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html",
  endpoints: "https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html",
  actions: "https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws",
  cors: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html",
} as const

/** The client's error message, as evidence. */
export const inFailure = ({ client }: S3Facts): ReadonlyArray<Evidence> =>
  client === undefined ? [] : [{ at: "failure", name: "failure", observed: client.text }]

/** A finding based on a client's message. The messages for these faults each have exactly one meaning. */
export const onFault =
  (fault: ClientFault, detail: (name: string | undefined, facts: S3Facts) => string) =>
  (facts: S3Facts): Finding | undefined =>
    facts.client?.fault === fault
      ? found({
          confidence: facts.client.isSure ? "certain" : "likely",
          detail: detail(facts.client.name === "" ? undefined : facts.client.name, facts),
          evidence: inFailure(facts),
        })
      : undefined
