/** Where the compiled code of the command is kept; `undefined` when no safe place exists. */
export declare const directory: (
  environment?: Readonly<Record<string, string | undefined>>,
  user?: number | null,
) => string | undefined
