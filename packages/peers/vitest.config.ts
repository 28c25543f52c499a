import { defineConfig } from "vitest/config"

/**
 * The tests against servers, signers and a browser that this project did not write: `npm run test:peers`. They are no
 * part of `npm test`, since they start daemons, wait in real time, and need what npm does not install.
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
    // It says at length that its pages and its pace are for development; here they are what is wanted.
    onConsoleLog: (log) => !/oidc-provider (NOTICE|WARNING)/.test(log),
  },
})
