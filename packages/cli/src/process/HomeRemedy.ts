/**
 * Names the variable that chooses the directory of the command's files in the remedies of libraries.
 */

const named = "set HOLDFAST_HOME to"

/**
 * Returns the remedy of an error of the journal or the token store. A library does not know how its folder is chosen, so its
 * remedy is to choose another folder.
 */
export const of = (action: string): string =>
  action
    .replace("choose another folder", `${named} another directory`)
    .replace("choose a folder on", `${named} a directory on`)
