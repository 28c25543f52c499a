import type { S3Facts } from "../facts.ts"

/** The text in which servers say what is wrong: the message, and the details that Google adds. */
export const textOf = ({ answer }: Pick<S3Facts, "answer">): string =>
  `${answer.message} ${answer.element("Details") ?? ""}`.slice(0, 2000)
