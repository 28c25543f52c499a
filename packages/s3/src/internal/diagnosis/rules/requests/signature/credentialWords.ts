/**
 * Server messages about a credential, with their meanings (Amazon S3, "Troubleshooting SigV4").
 */

const faults: ReadonlyArray<readonly [says: RegExp, means: string]> = [
  [
    /non-empty access key/i,
    "the access key id is empty: the signer had no credentials (an unset environment variable, an empty profile)",
  ],
  [/non-empty region/i, "the region is empty: no region is configured for the signer"],
  [
    /invalid credential date|not the same as x-amz-date/i,
    "the credential's day differs from the day in X-Amz-Date: the signer read the clock at different times, or in " +
      "a time zone other than UTC",
  ],
  [/incorrect date format/i, "the date in the credential is not in yyyyMMdd format"],
  [/incorrect service/i, "the credential is for a service other than s3"],
  [/incorrect terminal/i, "the credential does not end with aws4_request"],
  [
    /credential is mal-?formed|5 slash-delimited/i,
    "the credential does not have five parts separated by slashes: the secret key (which can contain slashes) is " +
      "in place of the key id, the key id contains a slash or space, or the slashes were encoded twice",
  ],
]

/** The meaning of a message about the credential; `undefined` if the message concerns something else. */
export const faultIn = (message: string): string | undefined => faults.find(([says]) => says.test(message))?.[1]
