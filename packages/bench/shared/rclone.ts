/**
 * rclone as a client of the S3 server.
 */
import type { Credentials } from "../../peers/support/s3/Credentials.ts"
import * as Peer from "../../peers/support/processes/Peer.ts"

/** Why rclone is not available, if it is not. */
export const missing = Peer.without(["rclone"], "rclone")

/** The environment that defines the remote `s3:` for an endpoint. */
export const environment = (endpoint: string, owner: Credentials): NodeJS.ProcessEnv => ({
  RCLONE_CONFIG: "/dev/null",
  RCLONE_CONFIG_S3_TYPE: "s3",
  RCLONE_CONFIG_S3_PROVIDER: "Ceph",
  RCLONE_CONFIG_S3_ENDPOINT: endpoint,
  RCLONE_CONFIG_S3_ACCESS_KEY_ID: owner.accessKeyId,
  RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: owner.secretAccessKey,
})
