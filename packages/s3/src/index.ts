export * as PresignedPut from "./PresignedPut.ts"
export * as PresignedUrl from "./PresignedUrl.ts"
export { S3Error } from "./S3Error.ts"
export * from "./S3Errors.ts"
