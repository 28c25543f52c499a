/**
 * The captures of `corpus/cases` whose true cause does not come first yet, and what does. An entry goes when its case is
 * explained; no entry is added.
 */
export const notYet: Readonly<Record<string, string>> = {}
