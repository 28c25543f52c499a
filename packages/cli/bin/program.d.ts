/** Selects the program for a command line and an environment from the folder of the package. */
export declare const choose: (
  args: ReadonlyArray<string>,
  folder?: string,
  environment?: Readonly<Record<string, string | undefined>>,
) => { readonly isSource: boolean; readonly url: string }

/** The Node that the workspace installed for this machine. */
export declare const bundledNode: () => string | undefined
