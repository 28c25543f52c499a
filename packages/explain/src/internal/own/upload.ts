/**
 * What is sent, and what proves that it arrived.
 */
import { topic } from "./rule.ts"

const rule = topic(
  "upload",
  "https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html",
)

/** The topic's rules. */
export const upload = [
  rule({
    code: "HF-OWN-UPLOAD-001",
    names: ["Unverified"],
    title: "The upload was answered with a success, and nothing proves that the bytes arrived",
    explanation:
      "The answer has neither an ETag nor another mark of the storage. It may be the storage's, or that of something between. The " +
      "file counts as not uploaded until its arrival is proven.",
    fix: [
      { text: "look in the storage whether the object is there with the right size", safety: "check first" },
      { text: "if the storage never sends an ETag, accept it with --accept-unverified", safety: "check first" },
    ],
    change: "human",
  }),
  rule({
    code: "HF-OWN-UPLOAD-002",
    names: ["IntegrityMismatch"],
    title: "The stored bytes differ from those of the file",
    explanation:
      "The storage returned an MD5 for what it stored, and it is not the MD5 of the bytes that were read. Bits changed on the way, or " +
      "something between rewrote the body.",
    fix: [
      { text: "upload again; if it happens again, test the memory, the card and the network", safety: "check first" },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-UPLOAD-003",
    names: ["NotFromS3"],
    title: "Something other than the storage answered the upload",
    explanation:
      "The answer carries none of the marks that the storage puts on every answer: no request id, no ETag, no server name. A proxy, " +
      "a captive portal or another server answered, so its success proves nothing.",
    fix: [
      { text: "open any http:// page in a browser on this network and sign in if it asks", safety: "check first" },
      { text: "check that the URL names the storage", safety: "check first" },
    ],
    change: "nothing",
  }),
  rule({
    code: "HF-OWN-UPLOAD-004",
    names: ["LintError"],
    title: "The request was not sent, since the storage must refuse it",
    explanation:
      "Before sending, the request is checked against the rules that the storage applies: order and names of form fields, policy, " +
      "expiry, signature. The findings in the error name each fault with its code.",
    fix: [{ text: "explain the code of the first finding, and correct what it names", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-005",
    names: ["InvalidPostOption"],
    title: "An option of the form can never be right",
    explanation:
      "An option has a value that no storage accepts, such as a key that is empty or longer than 1024 bytes. The error names the " +
      "option; nothing was sent.",
    fix: [{ text: "correct the option that the error names", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-006",
    names: ["FileLengthMismatch"],
    title: "The stream delivered another number of bytes than was announced",
    explanation:
      "Content-Length was sent before the body, and the stream then ended early or had more. The storage has not stored the file, or " +
      "not this file.",
    fix: [{ text: "announce the length that the stream delivers", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-007",
    names: ["StreamNeedsLength", "SenderNotLoaded"],
    title: "This client cannot send a stream of known length",
    explanation:
      "fetch sends a stream without Content-Length, which S3 refuses for forms. The sender that announces the length needs Node, and " +
      "is loaded when it is first used.",
    fix: [{ text: "give the file as a Blob or Uint8Array, or use a client on Node", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-008",
    names: ["UploadUrlRefused"],
    title: "The upload URL does not lead to a storage that may get the file",
    explanation:
      "The URL that the API returned is not https, or names a host that this client does not send footage to. The file and the " +
      "credential in the URL are not sent there.",
    fix: [{ text: "check which API answered; allow the host only if you know it", safety: "check first" }],
    change: "human",
  }),
  rule({
    code: "HF-OWN-UPLOAD-009",
    names: ["PlanRefused"],
    title: "The upload that was planned is not one that the vendor accepts",
    explanation:
      "The number or the size of the parts, the name or the type of the file is outside of the vendor's limits. The error names the " +
      "limit; no asset was created.",
    fix: [{ text: "change what the error names", safety: "check first" }],
    change: "plan",
  }),
  rule({
    code: "HF-OWN-UPLOAD-010",
    names: ["AssetCreationUncertain"],
    title: "It is not known whether the asset was created",
    explanation:
      "The connection ended after the creation was sent and before its answer came. Creation is not idempotent, and a device cannot " +
      "list assets, so a second attempt may leave an empty asset beside the good one.",
    fix: [
      { text: "look in Frame.io for an asset of this name, then upload again if there is none", safety: "check first" },
    ],
    change: "human",
  }),
] as const
