import { defineConfig } from "vitest/config"

/**
 * The tests against external servers, signers and a browser: `npm run test:peers`. They are not part of `npm test`, because
 * they start daemons, wait in real time, and need software that npm does not install.
 */
export default defineConfig({
  resolve: { conditions: ["@holdfast/source"] },
  ssr: { resolve: { conditions: ["@holdfast/source"] } },
  test: {
    name: "peers",
    root: import.meta.dirname,
    include: ["test/**/*.test.ts"],
    globalSetup: ["support/processes/announce.ts"],
    reporters: ["verbose"],
    testTimeout: 60_000,
    // The tests spend most of their time waiting for a peer.
    maxWorkers: 3,
    // A cold Ceph takes 4 s on an idle machine.
    hookTimeout: 120_000,
    // It warns at length that its pages and its interval are for development, which is intended here.
    onConsoleLog: (log) => !/oidc-provider (NOTICE|WARNING)/.test(log),
  },
})
