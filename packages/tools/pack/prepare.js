/**
 * Bundles the command after `npm ci`, so that it starts quickly in a checkout. The sources run without a bundle, so a failure
 * is a message and does not fail the installation. Plain JavaScript: the system's Node may be too old for TypeScript.
 */
try {
  const { build } = await import("./bundle/command.ts")
  await build()
} catch (error) {
  console.error(`holdfast is not bundled and runs from its sources, which starts more slowly: ${error.message}`)
}
