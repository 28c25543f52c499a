/**
 * Server messages about a credential and their meaning (Amazon S3, "Troubleshooting SigV4").
 */

const faults: ReadonlyArray<readonly [says: RegExp, means: string]> = [
  [
    /non-empty access key/i,
    "the access key id is empty: the signer had no credentials (an environment variable that is not set, an empty profile)",
  ],
  [/non-empty region/i, "the region is empty: none is configured for the signer"],
  [
    /invalid credential date|not the same as x-amz-date/i,
    "its day is not that of X-Amz-Date: the two were taken at different times, or in another time zone than UTC",
  ],
  [/incorrect date format/i, "its day is not written as yyyyMMdd"],
  [/incorrect service/i, "it is for another service than s3"],
  [/incorrect terminal/i, "it does not end with aws4_request"],
  [
    /credential is mal-?formed|5 slash-delimited/i,
    "it is not five parts divided by slashes: the secret key (which may have slashes) stands in the place of the key id, the key id has a slash or blank in it, or the slashes were encoded twice",
  ],
]

/** The meaning of a message about the credential. `undefined` for other messages. */
export const faultIn = (message: string): string | undefined => faults.find(([says]) => says.test(message))?.[1]
