// Builds the file that ships; with --tests what node's test runner runs.
// usage: node build.js [--tests] [the file to write]
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const SHIPPED = "../custom_components/utility_han/www/home.js";

const common = { bundle: true, format: "esm", logLevel: "warning", conditions: ["browser"] };

if (process.argv.includes("--tests")) {
  await build({
    ...common,
    entryPoints: readdirSync("test")
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => `test/${name}`),
    outdir: ".tests",
    outExtension: { ".js": ".mjs" },
    platform: "neutral",
    mainFields: ["module", "main"],
    external: ["node:*", "@happy-dom/*"],
    sourcemap: "inline",
  });
} else {
  await build({
    ...common,
    entryPoints: ["src/index.ts"],
    outfile: process.argv[2] ?? SHIPPED,
    target: "es2022",
    minify: true,
    charset: "utf8",
    legalComments: "inline",
    banner: { js: "// Built from frontend/ by script/frontend: change it there." },
  });
}
