/**
 * Rules for rejected uploads and for the proof that a file arrived.
 */
import { topic } from "./rule.ts"

const rule = topic(
  "upload",
  "https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html",
)

/** All rules of this topic. */
export const upload = [
  rule({
    code: "HF-OWN-UPLOAD-001",
    names: ["Unverified"],
    title: "The upload was answered with a success, but nothing proves that the bytes arrived",
    explanation:
      "The response has neither an ETag nor another mark of the storage. It may come from the storage or from an " +
      "intermediary. The file counts as not uploaded until its arrival is proven.",
    fix: [
      { text: "check that the storage has the object with the correct size", safety: "check first" },
      { text: "if the storage never sends an ETag, accept it with --accept-unverified", safety: "check first" },
    ],
    change: "human",
  }),
  rule({
    code: "HF-OWN-UPLOAD-002",
    names: ["IntegrityMismatch"],
    title: "The stored bytes differ from those of the file",
    explanation:
      "The storage returned an MD5 of the stored bytes that differs from the MD5 of the bytes that were read. Bits " +
      "changed in transit, or an intermediary rewrote the body.",
    fix: [
      { text: "upload again; if it happens again, test the memory, the card and the network", safety: "check first" },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-UPLOAD-003",
    names: ["NotFromS3"],
    title: "Another server than the storage answered the upload",
    explanation:
      "The response lacks the marks that the storage puts on every response: request id, ETag, server name. A " +
      "proxy, a captive portal or another server answered, so its success proves nothing.",
    fix: [
      { text: "open any http:// page in a browser on this network and sign in if it asks", safety: "check first" },
      { text: "check that the URL names the storage", safety: "check first" },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-UPLOAD-004",
    names: ["LintError"],
    title: "The request was not sent, because the storage would reject it",
    explanation:
      "The request is checked before it is sent, by the storage's own rules: order and names of form fields, " +
      "policy, expiry, signature. Each finding in the error has its code.",
    fix: [{ text: "explain the code of the first finding, and correct what it names", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-005",
    names: ["InvalidPostOption"],
    title: "An option of the form is invalid",
    explanation:
      "An option has a value that no storage accepts, such as a key that is empty or longer than 1024 bytes. The error names the " +
      "option; nothing was sent.",
    fix: [{ text: "correct the option that the error names", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-006",
    names: ["FileLengthMismatch"],
    title: "The stream delivered another number of bytes than announced",
    explanation:
      "Content-Length was sent before the body, and then the stream ended early or delivered more. The storage has " +
      "stored nothing or another file.",
    fix: [{ text: "announce the length that the stream delivers", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-007",
    names: ["StreamNeedsLength", "SenderNotLoaded"],
    title: "This client cannot send a stream with a known length",
    explanation:
      "fetch sends a stream without Content-Length, and S3 rejects such a form. The sender that announces the " +
      "length needs Node and is loaded on its first use.",
    fix: [{ text: "pass the file as a Blob or Uint8Array, or use a client on Node", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-008",
    names: ["UploadUrlRefused"],
    title: "The upload URL does not lead to a storage that may receive the file",
    explanation:
      "The URL from the API is not https, or names a host to which this client does not send footage. Neither the " +
      "file nor the credential in the URL is sent there.",
    fix: [{ text: "check which API answered; allow the host only if you know it", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-UPLOAD-009",
    names: ["PlanRefused"],
    title: "The vendor does not accept the planned upload",
    explanation:
      "The number or size of the parts, the file's name or its type is outside of the vendor's limits. The error " +
      "names the limit; no asset was created.",
    fix: [{ text: "change the value that the error names", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-010",
    names: ["AssetCreationUncertain"],
    title: "The asset may or may not have been created",
    explanation:
      "The connection ended after the creation was sent and before its response arrived. Creation is not " +
      "idempotent, and a device cannot list assets, so a second attempt may leave an empty asset beside the good " +
      "one.",
    fix: [
      { text: "check Frame.io for an asset of this name, and upload again if there is none", safety: "check first" },
    ],
    change: "human",
  }),
] as const
