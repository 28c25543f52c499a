/** Finds the first word of the style guide's list in a text, with its replacement. */
export declare const find: (text: string) => { readonly word: string; readonly instead: string } | undefined
