import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType } from 'aws-cdk-lib';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

/**
 * The function of a folder below `lambda/`, as one file with its source map. CDK's own
 * `NodejsFunction` starts npx for each, which takes far longer than the bundling itself.
 */
export function bundleHandler(folder: string): Code {
  const source = fileURLToPath(new URL(`../lambda/${folder}/`, import.meta.url));
  return Code.fromAsset(source, {
    // What is deployed changes when what it holds does, wherever in the project that comes from.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: Runtime.NODEJS_24_X.bundlingImage,
      local: {
        tryBundle(output) {
          bundle(join(source, 'handler.ts'), join(output, 'index.mjs'));
          return true;
        },
      },
    },
  });
}

function bundle(entry: string, outfile: string): void {
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    // The SDK that was tested is the one that runs: it is bundled too.
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    // Some packages are CommonJS and ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}
