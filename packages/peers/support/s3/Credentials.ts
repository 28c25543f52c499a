/** Keys of an S3 user, or of a session. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Only session credentials have one. */
  readonly sessionToken?: string
}
