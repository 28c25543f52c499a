/**
 * Defines the rules for rejected uploads and for files that cannot be proven to have arrived intact.
 */
import { topic } from "./rule.ts"

const rule = topic(
  "upload",
  "https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html",
)

/** All rules for uploads. */
export const upload = [
  rule({
    code: "HF-OWN-UPLOAD-001",
    names: ["Unverified"],
    title: "The server reported a successful upload, but nothing proves that the bytes arrived",
    explanation:
      "The response has neither an ETag nor any other sign that it came from the storage. The response may have " +
      "come from the storage or from an intermediary. Holdfast does not count the file as uploaded until its " +
      "arrival is proven.",
    fix: [
      { text: "check that the storage has the object with the correct size", safety: "check first" },
      { text: "if the storage never sends an ETag, accept the upload with --accept-unverified", safety: "check first" },
    ],
    change: "human",
  }),
  rule({
    code: "HF-OWN-UPLOAD-002",
    names: ["IntegrityMismatch"],
    title: "The stored bytes differ from the bytes of the file",
    explanation:
      "The MD5 that the storage returned for the stored bytes differs from the MD5 of the bytes that were read " +
      "from the file. Bits changed in transit, or an intermediary rewrote the body.",
    fix: [
      {
        text: "upload the file again; if the mismatch recurs, test the memory, the card and the network",
        safety: "check first",
      },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-UPLOAD-003",
    names: ["NotFromS3"],
    title: "A server other than the storage answered the upload",
    explanation:
      "The response lacks the headers that identify a response from the storage: request id, ETag, server name. A " +
      "proxy, a captive portal or another server answered, so the success status proves nothing.",
    fix: [
      { text: "open any http:// page in a browser on this network and sign in if it asks", safety: "check first" },
      { text: "check that the URL points to the storage", safety: "check first" },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-UPLOAD-004",
    names: ["LintError"],
    title: "The request was not sent, because the storage would reject it",
    explanation:
      "Holdfast checks the request against the storage's rules before sending it. The rules cover the order and " +
      "names of form fields, the policy, the expiry and the signature. Each finding in the error has a code.",
    fix: [
      {
        text: "look up the code of the first finding, then correct the problem that it describes",
        safety: "check first",
      },
    ],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-005",
    names: ["InvalidPostOption"],
    title: "A form option is invalid",
    explanation:
      "An option has a value that no storage accepts, such as a key that is empty or longer than 1024 bytes. The " +
      "error names the option; nothing was sent.",
    fix: [{ text: "correct the option named in the error", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-006",
    names: ["FileLengthMismatch"],
    title: "The stream delivered a different number of bytes than announced",
    explanation:
      "The Content-Length header was sent before the body, but the stream then ended early or delivered more " +
      "bytes. The storage has stored nothing, or a file that differs from the original.",
    fix: [{ text: "announce the exact number of bytes that the stream delivers", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-007",
    names: ["StreamNeedsLength", "SenderNotLoaded"],
    title: "This client cannot send a stream with a Content-Length header",
    explanation:
      "fetch sends a stream without Content-Length, and S3 rejects a form without that header. Another sender " +
      "announces the length before it sends the stream. That sender requires Node and is loaded when it is first " +
      "used.",
    fix: [{ text: "pass the file as a Blob or Uint8Array, or use a client that runs on Node", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-008",
    names: ["UploadUrlRefused"],
    title: "The upload URL does not point to a storage that is allowed to receive the file",
    explanation:
      "The URL from the API does not use https, or its host is not one to which this client sends footage. Neither " +
      "the file nor the credential in the URL is sent to that host.",
    fix: [{ text: "check which API returned the URL; allow the host only if you trust it", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-UPLOAD-009",
    names: ["PlanRefused"],
    title: "The vendor does not accept the planned upload",
    explanation:
      "The number of parts, their size, the file name or the file type is outside the vendor's limits. The error " +
      "states the limit; no asset was created.",
    fix: [{ text: "change the value named in the error", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-010",
    names: ["AssetCreationUncertain"],
    title: "The asset may or may not have been created",
    explanation:
      "The connection ended after the request to create the asset was sent and before the response arrived. " +
      "Creation is not idempotent, and a device cannot list assets, so a second attempt may leave an empty asset " +
      "next to the uploaded one.",
    fix: [
      { text: "look in Frame.io for an asset with this name, and upload again if none exists", safety: "check first" },
    ],
    change: "human",
  }),
] as const
