/**
 * The public pages that the rules for requests cite.
 */
const api = "https://docs.aws.amazon.com/AmazonS3/latest/API"
const guide = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"

export const links = {
  querySigning: `${api}/sigv4-query-string-auth.html`,
  headerSigning: `${api}/sig-v4-header-based-auth.html`,
  oldSigning: `${guide}/UsingAWSSDK.html`,
  presigned: `${guide}/using-presigned-url.html`,
  errors: `${api}/ErrorResponses.html`,
  keyIds: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
  sessions: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html",
  limits: `${guide}/qfacts.html`,
  putObject: `${api}/API_PutObject.html`,
  completeUpload: `${api}/API_CompleteMultipartUpload.html`,
  uploads: `${guide}/mpuoverview.html`,
  integrity: `${guide}/checking-object-integrity.html`,
  performance: `${guide}/optimizing-performance.html`,
  retries: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ErrorBestPractices.html",
  hosts: `${guide}/VirtualHosting.html`,
  redirects: `${guide}/Redirects.html`,
  bucketNames: `${guide}/bucketnamingrules.html`,
  keys: `${guide}/object-keys.html`,
  ownership: `${guide}/about-object-ownership.html`,
  denied: `${guide}/troubleshoot-403-errors.html`,
  permissions: `${guide}/using-with-s3-policy-actions.html`,
  encryption: `${guide}/UsingEncryption.html`,
  conditions: `${guide}/conditional-writes.html`,
  locks: `${guide}/object-lock.html`,
  classes: `${guide}/storage-class-intro.html`,
  tags: `${guide}/object-tagging.html`,
  copyObject: `${api}/API_CopyObject.html`,
  deleteObjects: `${api}/API_DeleteObjects.html`,
  getObject: `${api}/API_GetObject.html`,
  blockPublic: `${guide}/access-control-block-public-access.html`,
  requesterPays: `${guide}/ObjectsinRequesterPaysBuckets.html`,
  acceleration: `${guide}/transfer-acceleration.html`,
  websites: `${guide}/WebsiteEndpoints.html`,
} as const
