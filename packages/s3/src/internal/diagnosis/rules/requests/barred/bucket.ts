/**
 * The rule for buckets that are out of service.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"

const rule = topic("permission")

export const bucketDisabled = rule({
  code: "HF-S3-PERM-017",
  name: "BucketDisabled",
  phase: "permission",
  title: "The bucket is disabled, so the storage rejects every request to the bucket",
  explanation:
    "The account that owns the bucket is closed, suspended or in debt, or the provider has disabled the bucket. No " +
    "credentials help. Often, the request addresses the disabled bucket by mistake. Examples of such mistakes are " +
    "a copy source without its bucket, and the name of another owner's bucket. MinIO reports this error for " +
    "reserved bucket names.",
  fix: [
    {
      text: "check that the address and the copy source contain the intended bucket",
      safety: "check first",
    },
    {
      text: "have the bucket's owner resolve the problem with the provider, or find out where the data was moved",
      safety: "check first",
    },
  ],
  change: "human",
  links: [links.errors],
  rivals: [],
  soleCause: links.errors,
  recognise: (facts) => {
    if (
      !Asked.said(
        facts,
        "AllAccessDisabled",
        "BucketDisable",
        "AbnormalBucketOwnerStatus",
        "UnavailableForLegalReasons",
      )
    )
      return undefined
    const source = facts.header("x-amz-copy-source")
    const place = Asked.placeOf(facts)
    const ofSource = source === undefined ? undefined : /^\/?([^/?]{1,255})/.exec(source)?.[1]
    return found({
      confidence: "certain",
      detail:
        ofSource !== undefined
          ? `The copy reads from ${source}, so S3 uses ${JSON.stringify(ofSource)} as the source bucket. This bucket, or the ` +
            "target, is disabled."
          : place?.bucket === undefined
            ? "The server reports that all access to the bucket or the object is disabled."
            : `All access to the bucket ${JSON.stringify(place.bucket)} is disabled.`,
      evidence: [
        ...Asked.theCode(facts),
        ...(source === undefined ? [] : [Asked.inHeaders(facts, "x-amz-copy-source")]),
      ],
    })
  },
})
