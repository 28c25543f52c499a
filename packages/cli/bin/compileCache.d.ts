/** The directory for the compiled code of the command; `undefined` if no directory is safe. */
export declare const directory: (
  environment?: Readonly<Record<string, string | undefined>>,
  user?: number | null,
) => string | undefined
