// Loads a bundle again and again in one process, each time anew and with variables of its own. All of a
// bundle is evaluated each time: its modules are one file, whose URL is another one.
import { pathToFileURL } from 'node:url';

process.on('message', async ({ file, environments }: Starts) => {
  const came: string[] = [];
  for (const [index, environment] of environments.entries()) {
    process.env = { ...environment };
    came.push(await startOf(`${pathToFileURL(file).href}?start=${index}`));
  }
  process.send?.(came, () => process.exit());
});

interface Starts {
  readonly file: string;
  readonly environments: readonly Readonly<Record<string, string>>[];
}

async function startOf(url: string): Promise<string> {
  try {
    await import(url);
    return 'started';
  } catch (error) {
    return String(error);
  }
}
