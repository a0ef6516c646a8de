import * as z from 'zod';

/** A record whose keys are normalised by their schema; two keys that become one are refused. */
export function keyedBy<Key extends z.ZodType<string, string>, Value extends z.ZodType>(
  key: Key,
  value: Value,
) {
  return z.record(z.string(), value).transform((record, context) => {
    const result: Record<string, z.output<Value>> = {};
    for (const [name, entry] of Object.entries(record)) {
      const parsed = key.safeParse(name);
      const reason = parsed.success ? 'the same key twice' : parsed.error.issues[0]?.message;
      if (!parsed.success || Object.hasOwn(result, parsed.data)) {
        context.addIssue({
          code: 'custom',
          path: [name],
          message: reason ?? 'bad key',
          input: name,
        });
      } else {
        result[parsed.data] = entry;
      }
    }
    return result;
  });
}
