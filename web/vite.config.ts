import { defineConfig } from "vitest/config";

// Two files with stable names: the binary embeds them and puts their hash into the address.
export default defineConfig({
  build: {
    target: ["chrome109", "firefox115", "safari16"],
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 100_000,
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: {
      input: "src/admin.ts",
      output: {
        entryFileNames: "admin.js",
        assetFileNames: "admin[extname]",
      },
    },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
