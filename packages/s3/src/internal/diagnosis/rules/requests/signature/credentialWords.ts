/**
 * The messages of servers about a credential, with their meaning (Amazon S3, "Troubleshooting SigV4").
 */

const faults: ReadonlyArray<readonly [says: RegExp, means: string]> = [
  [
    /non-empty access key/i,
    "the access key id is empty: the signer had no credentials (an unset environment variable, an empty profile)",
  ],
  [/non-empty region/i, "the region is empty: none is configured for the signer"],
  [
    /invalid credential date|not the same as x-amz-date/i,
    "its day differs from that of X-Amz-Date: the two were read at different times, or in another time zone than UTC",
  ],
  [/incorrect date format/i, "its day is not written as yyyyMMdd"],
  [/incorrect service/i, "it is for another service than s3"],
  [/incorrect terminal/i, "it does not end with aws4_request"],
  [
    /credential is mal-?formed|5 slash-delimited/i,
    "it does not have five parts separated by slashes: the secret key (which may contain slashes) is in place of " +
      "the key id, the key id contains a slash or space, or the slashes were encoded twice",
  ],
]

/** The meaning of a message about the credential; `undefined` if it concerns something else. */
export const faultIn = (message: string): string | undefined => faults.find(([says]) => says.test(message))?.[1]
