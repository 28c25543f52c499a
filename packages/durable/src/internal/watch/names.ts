/**
 * The lowercase names in each folder, for the search for sidecars. Without sidecar rules nothing is kept.
 */
export const make = (isUsed: boolean) => {
  const folders = new Map<string, Set<string>>()
  const folderOf = (relative: string): string => relative.slice(0, Math.max(0, relative.lastIndexOf("/")))
  const nameOf = (relative: string): string => relative.slice(relative.lastIndexOf("/") + 1).toLowerCase()
  return {
    isUsed,
    /** Replaces the names of a folder. */
    list: (folder: string, names: ReadonlyArray<string>): void => {
      if (isUsed) folders.set(folder, new Set(names.map((name) => name.toLowerCase())))
    },
    set: (relative: string, isThere: boolean): void => {
      if (!isUsed) return
      const folder = folderOf(relative)
      const names = folders.get(folder) ?? new Set()
      folders.set(folder, names)
      if (isThere) names.add(nameOf(relative))
      else names.delete(nameOf(relative))
    },
    /** Whether a name is in the same folder as a file. Letter case is ignored. */
    has: (relative: string, name: string): boolean => folders.get(folderOf(relative))?.has(name.toLowerCase()) ?? false,
    clear: (): void => folders.clear(),
  }
}

export type Names = ReturnType<typeof make>
