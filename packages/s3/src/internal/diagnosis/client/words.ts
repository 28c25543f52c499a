/**
 * Messages from S3 clients that did not send a request: a table for the SDKs and the tools that use them.
 */

/** Why a client did not send a request. */
export type ClientFault =
  | "no credentials"
  | "no identity token"
  | "profile"
  | "session over"
  | "no region"
  | "region unknown"
  | "bucket name"
  | "no bucket"
  | "hidden ETag"
  | "endpoint"
  | "body"
  | "not XML"
  | "state locked"
  | "lock table"

/** A message from a client. */
export interface Said {
  readonly fault: ClientFault
  /** The part of the text that contains the message. */
  readonly text: string
  /** The name in the message: a profile, a region, a bucket or an endpoint. */
  readonly name: string | undefined
  /** Whether only storage clients print this message. */
  readonly isSure: boolean
}

/** One pattern in the table; its first group captures the name. A flag marks messages that other programs also use. */
type Row = readonly [fault: ClientFault, says: RegExp, isSure?: false]

/** The patterns, with the most specific one first. */
const rows: ReadonlyArray<Row> = [
  // https://developer.hashicorp.com/terraform/language/backend/s3
  ["lock table", /(missing the key lockid in the item|the provided key element does not match the schema)/i],
  ["lock table", /(state data in S3 does not have the expected content)/i],
  ["lock table", /acquiring the state lock[^]{0,300}?(ResourceNotFoundException)/],
  ["state locked", /acquiring the state lock[^]{0,600}?(?:ConditionalCheckFailedException|PreconditionFailed|StatusCode: 412)/],
  ["state locked", /\bstate (?:is )?(?:already )?locked by (?:another|a different)|the stack is currently locked by/i],
  // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html
  ["session over", /the SSO session (?:associated with this profile |token )?has expired|error loading SSO token|token has expired and refresh failed|failed to refresh cached (?:credentials|SSO token),.{0,120}(?:SSO|expired)/i],
  // https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
  ["profile", /(?:config )?profile \(([^()\n]{0,200})\) could not be found/i],
  ["profile", /failed to get shared config profile,? ?([^\s,"]{0,200})/i],
  ["profile", /(?:could not resolve credentials using profile|profile) [[`'"]?([^\]`'"\n]{1,100})[\]`'"]? (?:is not found|not found|could not be found|does not exist|is not defined)/i],
  ["profile", /partial credentials found in (.{1,60}?), missing/i],
  // https://rclone.org/docs/#config-file
  ["profile", /didn't find section in config file(?: \("([^"\n]{0,100})"\))?/i],
  ["profile", /\bProfileNotFound\b|No AWS profile named/i],
  // https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
  // https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
  ["no identity token", /ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN)|did you mean to set the `?id-token`? permission|could not (?:fetch|get) (?:an )?(?:OIDC|ID) token/i],
  ["no credentials", /unable to locate credentials|\bNoCredentials(?:Error)?\b|\bNoCredentialProviders\b|no valid providers in chain|\bCredentialsProviderError\b|\bMissingCredentials(?:Error)?\b|missing credentials in config|no AWS credentials (?:provided|found)|no credentials specified or obtained|no valid credential sources|no EC2 IMDS role found|unable to sign request without credentials|unable to get IAM security credentials|error retrieving credentials from the instance profile|no providers in chain provided credentials|credentials from any (?:of the )?providers|no identity could be resolved from the chain|failed to resolve AWS credentials/i],
  // https://cloud.google.com/docs/authentication/application-default-credentials
  ["no credentials", /(?:could not|cannot|unable to|failed to) (?:automatically )?(?:load|find|determine|locate) (?:the )?(default credentials|credentials\. Please set GOOGLE_APPLICATION_CREDENTIALS)/i],
  ["no credentials", /(?:could not|unable to|can't|cannot|failed to) (?:load|find|get|retrieve|obtain|locate) (?:\w{1,20} ){0,3}credentials|credential is missing|no credentials? (?:provider|source|found|were found)|the credential provider was not enabled|must specify (?:a |your )?(?:AWS )?credentials|configuration file not available/i, false],
  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
  ["no region", /you must specify a region|\bNoRegionError\b|missing region in config|\bMissingRegion(?:Error)?\b|unable to (?:load|find) (?:a )?region (?:from|via)|no RegionEndpoint or ServiceURL|a region must be set when sending|could not find region configuration|an AWS region is required|missing required argument: region/i],
  ["no region", /region is missing|missing region\b|missing required configuration:? .{0,20}\bregion\b|must set the region|no region (?:was )?(?:configured|provided|specified|found)/i, false],
  ["no region", /invalid endpoint:? ["'`]?https?:\/\/[a-z0-9-]{1,40}\.\.(?:[a-z0-9-]{1,40}\.)?amazonaws/i],
  ["region unknown", /endpoint for object-?store service in ([\w-]{1,60}) region not found/i],
  ["region unknown", /provided region_name ["'`]([^"'`\n]{0,100})["'`] doesn't match a supported format/i],
  ["region unknown", /invalid AWS region:? ["'`]?([\w.() -]{1,60})/i],
  ["region unknown", /region not accepted:? ?(?:region=)?["'`]?([\w.() -]{1,60})|\bInvalidRegionError\b/i],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  ["bucket name", /invalid bucket name:? ?["'`]([^"'`\n]{0,200})["'`]/i],
  ["bucket name", /invalid bucket name ?: ?([^\s"'`]{1,200})/i],
  ["no bucket", /(?:empty|no) value provided for input HTTP label: Bucket|missing required (?:key|parameter)s?:? ?(?:in (?:params|input):? ?)?["'`]Bucket["'`]|missing required key ["'`]Bucket["'`] in params|bucket ?name (?:parameter )?(?:must be specified|must not be (?:empty|null)|(?:cannot|can't|can not) be (?:empty|null|blank))|minimum field size of \d, \w{1,40}Input\.Bucket|missing required field, \w{1,40}Input\.Bucket|invalid type for parameter Bucket, value: None|expected params\.Bucket to be a string|bucket is a required parameter|bucket cannot be (?:empty|null)/i],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
  ["hidden ETag", /no access to ETag property on response|\bETagMissing\b|missing ETag header in response body|part \d{1,5} is missing ETag|could not read the ETag header/i],
  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html, minio-go, minio-java, minio-py
  ["endpoint", /endpoint:? ["'`]?([^\s"'`]{0,200})["'`]? does not follow ip address or domain name standards/i],
  ["endpoint", /endpoint url cannot have fully qualified paths|(?:no )?path (?:is not |in endpoint is not )?allowed in endpoint|path in endpoint is not allowed/i],
  ["endpoint", /(?:invalid|custom) endpoint:? ["'`]?([^\s"'`]{1,200})["'`]?(?: was not a valid URI)?/i],
  ["endpoint", /\bInvalidEndpoint(?:Error|Exception)?\b/],
  ["endpoint", /the (?:AWS )?endpoint(?: URL)? (?:must|should) (?:start|begin) with (?:http|a scheme)/i, false],
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, lib-storage of the AWS SDK for JavaScript
  ["body", /unable to calculate hash for flowing readable stream|stream of unknown length as the body of a PutObject|invalid value "undefined" for header "x-amz-decoded-content-length"|unseekable stream is not supported without TLS|request stream is not seekable|failed to (?:seek body to start|rewind transport stream|compute payload hash)|need to rewind the stream .{0,100}|\bUnseekableStream(?:Error)?\b|cannot determine length of/i],
  // https://github.com/aws/aws-sdk-js-v3/blob/main/supplemental-docs/TROUBLESHOOTING.md
  ["not XML", /to see the raw response, inspect the hidden field|char '[^'\n]{1,2}' is not expected|deserialization failed, failed to decode response body|failed to parse XML document with handler|non-XML response from server|invalid XML received|expected element type <\w{1,60}> but have <\w{1,40}>|unable to parse response \(/i],
] // prettier-ignore

/** The maximum length of a failure message that is parsed. */
const longest = 4000

/** Parses a client's message; `undefined` if no pattern matches. Total. */
export const read = (failure: string | undefined): Said | undefined => {
  if (failure === undefined) return undefined
  const text = failure.slice(0, longest)
  for (const [fault, says, isSure = true] of rows) {
    const found = says.exec(text)
    if (found === null) continue
    const name = found.slice(1).find((group) => group !== undefined)
    return { fault, text: found[0].slice(0, 200), name, isSure }
  }
  return undefined
}
