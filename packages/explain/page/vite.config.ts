/**
 * Builds the page as one file that works from a disk. Its content security policy permits one classic script and one
 * style, by their hashes, and forbids everything else, including all requests.
 *
 *     npm run build -w @holdfast/explain
 */
import { createHash } from "node:crypto"
import { defineConfig, type Plugin } from "vite"

const digest = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

const policyOf = (script: string, style: string): string =>
  [
    "default-src 'none'",
    `script-src ${digest(script)}`,
    `style-src ${digest(style)}`,
    "img-src data:",
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ")

/** Inlines the script and the style, and puts the policy before them. */
const oneFile: Plugin = {
  name: "one-file",
  enforce: "post",
  generateBundle(_, bundle) {
    const files = Object.values(bundle)
    const page = files.find(({ fileName }) => fileName.endsWith(".html"))
    const code = files.find((file) => file.type === "chunk")
    const sheet = files.find(({ fileName }) => fileName.endsWith(".css"))
    if (page?.type !== "asset" || code?.type !== "chunk" || sheet?.type !== "asset" || files.length !== 3) {
      throw new Error(`expected a page, a script and a style, not ${files.map(({ fileName }) => fileName).join(", ")}`)
    }
    // No text in the script may close its element, or open a comment that hides the closing tag.
    const script = code.code.trim().replaceAll(/<(?=\/?script|!--)/gi, "\\x3C")
    const style = String(sheet.source).trim()
    const bare = String(page.source).replaceAll(
      /\s*<script type="module"[^>]*><\/script>|\s*<link rel="stylesheet"[^>]*>/g,
      "",
    )
    const policy = `<meta http-equiv="Content-Security-Policy" content="${policyOf(script, style)}" />`
    page.source = bare
      .replace(/(<meta charset="utf-8" \/>)/, (meta) => `${meta}\n    ${policy}`)
      .replace("</head>", () => `  <style>${style}</style>\n  </head>`)
      .replace("</body>", () => `  <script>${script}</script>\n  </body>`)
    delete bundle[code.fileName]
    delete bundle[sheet.fileName]
  },
}

// eslint-disable-next-line import/no-default-export -- vite reads the default export
export default defineConfig({
  root: import.meta.dirname,
  base: ".//",
  resolve: { conditions: ["@holdfast/source", "browser", "import", "module", "default"] },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    target: "es2023",
    rollupOptions: { output: { format: "iife" } },
  },
  plugins: [oneFile],
})
