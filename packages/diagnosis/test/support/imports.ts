/** The modules that a source imports, by whether the import remains when types are erased. */
export const importsOf = (
  source: string,
): { readonly values: ReadonlyArray<string>; readonly types: ReadonlyArray<string> } => {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, "")
  const found = Array.from(code.matchAll(/^(?:import|export)\s+(type\b)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm))
  const named = (isType: boolean) =>
    found.flatMap(([, type, name = ""]) => ((type !== undefined) === isType ? [name] : []))
  return { values: named(false), types: named(true) }
}
