/**
 * Rules for clients that lack something to send a request: credentials, a profile, a bucket, an endpoint, the length of
 * a body.
 */
import { onFault, pages, rule } from "./topic.ts"

const noCredentials = rule({
  code: "HF-S3-CLIENT-001",
  name: "NoCredentials",
  phase: "credentials",
  title: "The client found no credentials (access keys) in any of its sources, so nothing was sent",
  explanation:
    "SDKs look for credentials along a chain: the code, the environment (AWS_ACCESS_KEY_ID, " +
    "AWS_SECRET_ACCESS_KEY), the shared files ~/.aws/credentials and ~/.aws/config, a web identity, the role of " +
    "the container or of the machine (IMDS). None of them had any. Often the variables are set for another user, " +
    "in another shell or outside of the container, or the machine has no role.",
  fix: [
    {
      text: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY where the program runs, or name a profile or a role",
      safety: "check first",
    },
    { text: "check with `aws sts get-caller-identity`, as the same user, what the chain finds", safety: "check first" },
  ],
  change: "human",
  links: [pages.credentials],
  rivals: [],
  soleCause: pages.credentials,
  recognise: onFault("no credentials", (name) =>
    name === undefined
      ? "The client reports that no provider of its chain has credentials."
      : "A client of Google looks for Application Default Credentials (GOOGLE_APPLICATION_CREDENTIALS, gcloud auth application-default login, the metadata server) and found none.",
  ),
})

const noIdentityToken = rule({
  code: "HF-S3-CLIENT-008",
  name: "NoIdentityToken",
  phase: "credentials",
  title: "The workflow gets no OIDC token to assume the role with: it lacks the permission id-token: write",
  explanation:
    "GitHub gives a job the address and the token for its identity (ACTIONS_ID_TOKEN_REQUEST_URL) only if the " +
    "workflow or the job has permissions: id-token: write. A pull request from a fork never has it. A called " +
    "workflow needs it from its caller.",
  fix: [
    {
      text: "add `permissions: { id-token: write, contents: read }` to the workflow or the job",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.actions],
  rivals: [],
  soleCause: pages.actions,
  recognise: onFault("no identity token", () => "The action reports that it cannot get an identity token."),
})

const profileMissing = rule({
  code: "HF-S3-CLIENT-002",
  name: "ProfileMissing",
  phase: "credentials",
  title: "The profile that the client was set to use does not exist, or is incomplete",
  explanation:
    "The name comes from AWS_PROFILE, from --profile or from the code. It is looked up in ~/.aws/config and " +
    "~/.aws/credentials of the user that runs the program. In config a section is called [profile name], in " +
    "credentials [name]. A key without its secret is incomplete.",
  fix: [{ text: "correct AWS_PROFILE, or add the profile (`aws configure --profile NAME`)", safety: "check first" }],
  change: "human",
  links: [pages.files],
  rivals: [],
  soleCause: pages.files,
  recognise: onFault("profile", (name) =>
    name === undefined ? "The client does not find the profile." : `The client names ${JSON.stringify(name)}.`,
  ),
})

const sessionOver = rule({
  code: "HF-S3-CLIENT-003",
  name: "SessionOver",
  phase: "credentials",
  title: "The single sign-on session of this machine has expired, so the client has no credentials",
  explanation:
    "A profile of IAM Identity Center (SSO) keeps a token on disk for some hours. Once it has expired, or if it " +
    "was never fetched, the client cannot request credentials. An unattended program needs a role instead of such " +
    "a profile.",
  fix: [{ text: "sign in again: `aws sso login --profile NAME`", safety: "check first" }],
  change: "human",
  links: [pages.signOn],
  rivals: [],
  soleCause: pages.signOn,
  recognise: onFault("session over", () => "The client cannot use the token of its SSO session: sign in again."),
})

const etagHidden = rule({
  code: "HF-S3-CLIENT-005",
  name: "ETagHidden",
  phase: "body",
  title: "The page may not read the ETag of the parts: the CORS rules of the bucket do not expose the header",
  explanation:
    "A multipart upload ends with a list of the ETags from the responses to the parts. In a browser, CORS hides " +
    "every response header that the bucket's rule does not list in ExposeHeaders. The parts themselves were stored.",
  fix: [{ text: 'add "ETag" to ExposeHeaders in the CORS configuration of the bucket', safety: "check first" }],
  change: "human",
  links: [pages.cors, "https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/S3/ManagedUpload.html"],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/S3/ManagedUpload.html",
  recognise: onFault("hidden ETag", () => "The client could not read an ETag: ExposeHeaders must expose it."),
})

const endpointMalformed = rule({
  code: "HF-S3-CLIENT-006",
  name: "EndpointMalformed",
  phase: "place",
  title: "The endpoint has the wrong form for this client: its scheme or path must be added or removed",
  explanation:
    "AWS SDKs expect an endpoint as a URL with its scheme (https://host:9000). MinIO's clients for Go and Python " +
    "expect host and port without a scheme, and a flag for TLS. Neither accepts a path, so the bucket does not " +
    "belong in it. An empty variable has the same effect.",
  fix: [
    {
      text: "give AWS SDKs https://host:port, MinIO's clients host:port, both without bucket or path",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.endpoints, "https://docs.min.io/community/minio-object-store/developers/go/API.html"],
  recognise: (facts) => {
    const { client } = facts
    const finding = onFault("endpoint", (name) =>
      name === undefined ? `The client says "${client?.text ?? ""}".` : `The client was given ${JSON.stringify(name)}.`,
    )(facts)
    return finding?._tag === "Found" ? { ...finding, confidence: "likely" } : finding
  },
})

const bodyNotRepeatable = rule({
  code: "HF-S3-CLIENT-007",
  name: "BodyNotRepeatable",
  phase: "body",
  title: "The body is a stream: its length is unknown, or it cannot be read again to sign it or to retry",
  explanation:
    "A signed upload needs the length of the body, and its hash without TLS; a retry reads the body a second time. " +
    "A stream provides neither. The SDKs' managed upload cuts a stream into parts in memory.",
  fix: [
    {
      text: "use the managed upload (lib-storage Upload, upload_fileobj, TransferManager), or pass the length, a file or a buffer",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [
    "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html",
    "https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-aws-sdk-lib-storage/",
  ],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-aws-sdk-lib-storage/",
  recognise: onFault("body", (_, { client }) => `The client says "${client?.text ?? ""}".`),
})

const answerNotXml = rule({
  code: "HF-S3-CLIENT-009",
  name: "AnswerNotXml",
  phase: "place",
  title: "The client could not parse the response as S3's XML: another service than the S3 API responded",
  explanation:
    "An SDK expects XML and got a web page, JSON or plain text. The endpoint belongs to a console, a website or an " +
    "application instead of the API, its port or path is wrong, or a proxy, a gateway or a sign-in page in front " +
    "of the storage responded. The SDK hides the response, which would show its sender.",
  fix: [
    { text: "read the raw response: curl -v to the endpoint, or error.$response of the SDK", safety: "check first" },
    {
      text: "compare the endpoint with that of the S3 API: port 9000 in MinIO, not the console's 9001",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.endpoints, "https://github.com/aws/aws-sdk-js-v3/blob/main/supplemental-docs/TROUBLESHOOTING.md"],
  recognise: (facts) => {
    const finding = onFault("not XML", (_, { client }) => `The client says "${client?.text ?? ""}".`)(facts)
    return finding?._tag === "Found" ? { ...finding, confidence: "likely" } : finding
  },
})

/** All rules about the client's settings. */
export const configuration = [
  noCredentials,
  noIdentityToken,
  profileMissing,
  sessionOver,
  etagHidden,
  endpointMalformed,
  bodyNotRepeatable,
  answerNotXml,
] as const
