/** Selects the program that the command runs from the folder of its package. */
export declare const choose: (folder?: string) => { readonly isSource: boolean; readonly url: string }

/** The Node that the workspace installed for this machine. */
export declare const bundledNode: () => string | undefined
