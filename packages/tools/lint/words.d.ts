/** The first word of the style guide's list that stands in a text, and what to write instead. */
export declare const find: (text: string) => { readonly word: string; readonly instead: string } | undefined
