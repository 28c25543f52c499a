/**
 * Rule for the tokens and signatures of the storages' own APIs.
 */
import { topic } from "../../../rule.ts"

const rule = topic("vendor")

/** The vendor's table decides when this applies. */
export const tokenRefused = rule({
  code: "HF-S3-AUTH-019",
  name: "OwnTokenRefused",
  phase: "credentials",
  title:
    "The storage does not accept the token, key or signed link of its own API: it is wrong, expired or of another " +
    "account",
  explanation:
    "Besides S3, storages have APIs with their own credentials: the authorization token of Backblaze B2, the " +
    "shared access signature (SAS) and the account key of Azure, OAuth tokens of Google, keys of Oracle. They " +
    "expire, are bound to an account or a purpose, and are not S3 keys.",
  fix: [
    { text: "get a new token or create a new link, with the key of the same account", safety: "check first" },
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
