/**
 * Rules about disabled buckets.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"

const rule = topic("permission")

/** The bucket is disabled. */
export const bucketDisabled = rule({
  code: "HF-S3-PERM-017",
  name: "BucketDisabled",
  phase: "permission",
  title: "The bucket is disabled: the storage refuses every request to it",
  explanation:
    "The account that owns the bucket is closed, suspended or in debt, or the provider has taken the bucket down. No credentials " +
    "help. Often it is not the bucket that was meant: a copy source without its bucket, or a name that belongs to a stranger, " +
    "leads to one of these. MinIO says so of names that it keeps for itself.",
  fix: [
    {
      text: "look whether the bucket of the address, and of the copy source, is the one that was meant",
      safety: "check first",
    },
    {
      text: "have the bucket's owner settle it with the provider, or look where the data has moved to",
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
          ? `The copy reads from ${source}, so S3 takes ${JSON.stringify(ofSource)} for the source's bucket; it, or the target, is disabled.`
          : place?.bucket === undefined
            ? "The server says that all access to the bucket or the object is disabled."
            : `All access to the bucket ${JSON.stringify(place.bucket)} is disabled.`,
      evidence: [
        ...Asked.theCode(facts),
        ...(source === undefined ? [] : [Asked.inHeaders(facts, "x-amz-copy-source")]),
      ],
    })
  },
})
