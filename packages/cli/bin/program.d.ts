/** Selects the program for a command (the first of the arguments) from the folder of the package. */
export declare const choose: (
  command: string | undefined,
  folder?: string,
) => { readonly isSource: boolean; readonly url: string }

/** The Node that the workspace installed for this machine. */
export declare const bundledNode: () => string | undefined
