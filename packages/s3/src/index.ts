export { S3Error } from "./S3Error.ts"
export * from "./S3Errors.ts"
