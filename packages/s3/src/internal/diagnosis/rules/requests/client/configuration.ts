/**
 * Rules for clients that lack something required to send a request: credentials, a profile, a bucket, an endpoint, or the
 * length of a body.
 */
import { onFault, pages, rule } from "./topic.ts"

const noCredentials = rule({
  code: "HF-S3-CLIENT-001",
  name: "NoCredentials",
  phase: "credentials",
  title: "The client did not find credentials (access keys) in any of its sources, so it did not send a request",
  explanation:
    "SDKs search a chain of sources for credentials. The sources are the code, the environment (AWS_ACCESS_KEY_ID, " +
    "AWS_SECRET_ACCESS_KEY), the shared files ~/.aws/credentials and ~/.aws/config, a web identity, and the role " +
    "of the container or the machine (IMDS). None of these sources contained credentials. Often, the variables are " +
    "set for another user, in another shell or outside the container. The machine may also have no role.",
  fix: [
    {
      text: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the program's environment, or specify a profile or a role",
      safety: "check first",
    },
    {
      text: "run `aws sts get-caller-identity` as the same user to check which credentials the chain finds",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.credentials],
  rivals: [],
  soleCause: pages.credentials,
  recognise: onFault("no credentials", (name) =>
    name === undefined
      ? "The client reports that no provider in its chain has credentials."
      : "The Google client did not find Application Default Credentials (GOOGLE_APPLICATION_CREDENTIALS, gcloud auth application-default login, the metadata server).",
  ),
})

const noIdentityToken = rule({
  code: "HF-S3-CLIENT-008",
  name: "NoIdentityToken",
  phase: "credentials",
  title:
    "The workflow does not receive an OIDC token for assuming the role because it lacks the permission id-token: write",
  explanation:
    "GitHub requires a permission before it provides a job with the URL and token for requesting its identity " +
    "(ACTIONS_ID_TOKEN_REQUEST_URL). The workflow or the job must have permissions: id-token: write. A pull " +
    "request from a fork never has this permission. A called workflow must receive the permission from its caller.",
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
  title: "The client's configured profile does not exist or is incomplete",
  explanation:
    "The profile's name comes from AWS_PROFILE, from --profile or from the code. The client looks up the profile " +
    "in ~/.aws/config and ~/.aws/credentials. The client reads these files from the home directory of the user " +
    "that runs the program. A section is named [profile name] in config, but [name] in credentials. A profile that " +
    "has a key but no secret is incomplete.",
  fix: [{ text: "correct AWS_PROFILE, or create the profile (`aws configure --profile NAME`)", safety: "check first" }],
  change: "human",
  links: [pages.files],
  rivals: [],
  soleCause: pages.files,
  recognise: onFault("profile", (name) =>
    name === undefined
      ? "The client cannot find the profile."
      : `The client reports a problem with the profile ${JSON.stringify(name)}.`,
  ),
})

const sessionOver = rule({
  code: "HF-S3-CLIENT-003",
  name: "SessionOver",
  phase: "credentials",
  title: "The single sign-on session on this machine has expired, so the client has no credentials",
  explanation:
    "An IAM Identity Center (SSO) profile stores a token on disk for a few hours. Without a valid token, the " +
    "client cannot request credentials. The token has expired or was never fetched. An unattended program should " +
    "use a role instead of such a profile.",
  fix: [{ text: "sign in again: `aws sso login --profile NAME`", safety: "check first" }],
  change: "human",
  links: [pages.signOn],
  rivals: [],
  soleCause: pages.signOn,
  recognise: onFault("session over", () => "The client cannot use the token of its SSO session. Sign in again."),
})

const etagHidden = rule({
  code: "HF-S3-CLIENT-005",
  name: "ETagHidden",
  phase: "body",
  title: "The page cannot read the ETag of the parts because the bucket's CORS rules do not expose the header",
  explanation:
    "To complete a multipart upload, the client sends a list of the ETags that the server returned for the parts. " +
    "In a browser, CORS hides every response header that the bucket's rule does not list in ExposeHeaders. The " +
    "parts themselves were stored.",
  fix: [{ text: 'add "ETag" to ExposeHeaders in the CORS configuration of the bucket', safety: "check first" }],
  change: "human",
  links: [pages.cors, "https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/S3/ManagedUpload.html"],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/AWS/S3/ManagedUpload.html",
  recognise: onFault(
    "hidden ETag",
    () => "The client could not read an ETag. The bucket's ExposeHeaders must list ETag.",
  ),
})

const endpointMalformed = rule({
  code: "HF-S3-CLIENT-006",
  name: "EndpointMalformed",
  phase: "place",
  title: "The endpoint has the wrong form for this client: add or remove the scheme, or remove the path",
  explanation:
    "AWS SDKs expect an endpoint as a URL with its scheme (https://host:9000). MinIO's clients for Go and Python " +
    "expect a host and port without a scheme, and a separate flag for TLS. Neither kind of client accepts a path " +
    "in the endpoint. The endpoint must therefore not contain the bucket. An empty endpoint variable causes the " +
    "same error.",
  fix: [
    {
      text: "set the endpoint to https://host:port in AWS SDKs and to host:port in MinIO's clients, without a bucket or a path",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.endpoints, "https://docs.min.io/community/minio-object-store/developers/go/API.html"],
  recognise: (facts) => {
    const { client } = facts
    const finding = onFault("endpoint", (name) =>
      name === undefined
        ? `The client reports "${client?.text ?? ""}".`
        : `The client received the endpoint ${JSON.stringify(name)}.`,
    )(facts)
    return finding?._tag === "Found" ? { ...finding, confidence: "likely" } : finding
  },
})

const bodyNotRepeatable = rule({
  code: "HF-S3-CLIENT-007",
  name: "BodyNotRepeatable",
  phase: "body",
  title: "The body is a stream whose length is unknown, or that cannot be read again for signing or for a retry",
  explanation:
    "A signed upload needs the length of the body, and also the body's hash if TLS is not used. A retry reads the " +
    "body a second time. A stream has no known length and cannot be read twice. The SDKs' managed upload splits a " +
    "stream into parts in memory.",
  fix: [
    {
      text: "use the managed upload (lib-storage Upload, upload_fileobj, TransferManager), pass the stream's length, or pass a file or a buffer",
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
  recognise: onFault("body", (_, { client }) => `The client reports "${client?.text ?? ""}".`),
})

const answerNotXml = rule({
  code: "HF-S3-CLIENT-009",
  name: "AnswerNotXml",
  phase: "place",
  title: "The client could not parse the response as S3's XML because a service other than the S3 API responded",
  explanation:
    "The SDK expected XML but received a web page, JSON or plain text. The endpoint may belong to a console, a " +
    "website or an application instead of the API. The endpoint's port or path may be wrong. A proxy, a gateway or " +
    "a sign-in page in front of the storage may also have responded. The SDK hides the response, which would " +
    "identify the service that sent it.",
  fix: [
    {
      text: "read the raw response: run curl -v against the endpoint, or inspect error.$response in the SDK",
      safety: "check first",
    },
    {
      text: "check that the endpoint belongs to the S3 API (in MinIO, port 9000 instead of the console's 9001)",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.endpoints, "https://github.com/aws/aws-sdk-js-v3/blob/main/supplemental-docs/TROUBLESHOOTING.md"],
  recognise: (facts) => {
    const finding = onFault("not XML", (_, { client }) => `The client reports "${client?.text ?? ""}".`)(facts)
    return finding?._tag === "Found" ? { ...finding, confidence: "likely" } : finding
  },
})

/** All rules for the client's settings. */
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
