import type { S3Answer } from "../answer.ts"

/** The text of an error: the message, and the details that Google and Azure add. */
export const textOf = ({ answer }: { readonly answer: S3Answer }): string =>
  `${answer.message} ${answer.element("Details") ?? ""} ${answer.element("AuthenticationErrorDetail") ?? ""}`.slice(
    0,
    2500,
  )
