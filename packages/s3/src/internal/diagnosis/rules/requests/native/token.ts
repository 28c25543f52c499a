/**
 * The rule for the tokens and signatures of the storage services' own APIs.
 */
import { topic } from "../../../rule.ts"

const rule = topic("vendor")

/** The vendor's table determines when this rule applies. */
export const tokenRefused = rule({
  code: "HF-S3-AUTH-019",
  name: "OwnTokenRefused",
  phase: "credentials",
  title:
    "The storage rejects the token, key or signed link for its own API: it is wrong, expired, or belongs to " +
    "another account",
  explanation:
    "Many storages also have their own APIs, which require their own credentials. Examples are the authorization " +
    "token of Backblaze B2, Azure's shared access signature (SAS) and account key, Google's OAuth tokens, and " +
    "Oracle's keys. These credentials may expire, are bound to an account or a purpose, and are not S3 keys.",
  fix: [
    { text: "use a key of the same account to get a new token or create a new link", safety: "check first" },
    { text: "compare the caller's clock with the Date of the response", safety: "check first" },
  ],
  change: "token",
  links: [
    "https://www.backblaze.com/docs/cloud-storage-native-api-error-handling-and-status-codes",
    "https://learn.microsoft.com/en-us/rest/api/storageservices/blob-service-error-codes",
    "https://cloud.google.com/storage/docs/json_api/v1/status-codes",
  ],
  rivals: [],
  soleCause: "https://learn.microsoft.com/en-us/rest/api/storageservices/blob-service-error-codes",
})
