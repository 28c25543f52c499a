/**
 * Reads the output of tools that completed successfully. Users also paste the output of a successful tool and ask what is
 * wrong.
 */
import type { Recognized } from "../recognized.ts"

/** Messages that tools print when they succeed, with the name of each tool. */
const successes: ReadonlyArray<readonly [says: RegExp, tool: string]> = [
  [/^Errors: {1,20}0\b[^]{0,600}^Elapsed time:/m, "rclone"],
  [/^Transferred:[^\n]{0,100}100%[^]{0,600}^Elapsed time:/m, "rclone"],
  [/There was nothing to transfer/, "rclone"],
  [/^(?:upload|download|copy|move|delete): \S[^\n]{0,1000}(?: to \S[^\n]{0,1000})?\s*$/m, "the AWS CLI"],
  [/^make_bucket: \S{1,200}\s*$/m, "the AWS CLI"],
  [/Added `[^`\n]{1,100}` successfully|Bucket created successfully/, "MinIO's client"],
  [/^snapshot [0-9a-f]{8,64} saved$/m, "restic"],
  [/^\S{1,100}: digest: sha256:[0-9a-f]{64} size: \d+$/m, "docker"],
  [/^Status: (?:Downloaded newer image|Image is up to date) for /m, "docker"],
  [/(?:Apply complete!|No changes\. (?:Your infrastructure|Infrastructure is))/, "Terraform"],
  [/^Everything up-to-date$/m, "git"],
]

/** Words of a failure. If the output contains a word that reports a failure, the run was not completely successful. */
const failed =
  /\b(?:error|err|fail(?:ed|ure)?|fatal|denied|forbidden|refused|unauthorized|exception|panic|cannot|could not|unable to|retrying|timed? ?out)\b/i

/** Reads the output of a tool that reports success and does not mention a failure. */
export const read = (text: string): Recognized | undefined => {
  // rclone prints an error count even if it is 0.
  if (failed.test(text.replace(/^Errors: {1,20}0\b/gm, ""))) return undefined
  const found = successes.find(([says]) => says.test(text))
  return found === undefined
    ? undefined
    : { exchange: { response: { status: 200 } }, as: `the output of ${found[1]}, which reports a success` }
}
