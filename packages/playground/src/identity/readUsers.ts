import fs from 'fs/promises';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { IdentityUser } from './createIdentityProvider';

const userSchema = z.looseObject({
  kind: z.literal('User'),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    profile: z.looseObject({ displayName: z.string(), email: z.string() }),
    memberOf: z.array(z.string()),
  }),
});

/** The people of the catalog are the people who can sign in. */
export async function readUsers(file: string): Promise<IdentityUser[]> {
  return parseAllDocuments(await fs.readFile(file, 'utf8')).flatMap(
    document => {
      const parsed = userSchema.safeParse(document.toJS());
      return parsed.success
        ? [
            {
              name: parsed.data.metadata.name,
              displayName: parsed.data.spec.profile.displayName,
              email: parsed.data.spec.profile.email,
              groups: parsed.data.spec.memberOf,
            },
          ]
        : [];
    },
  );
}
