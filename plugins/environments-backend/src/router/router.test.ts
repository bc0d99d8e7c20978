import { createConditionAuthorizer } from '@backstage/plugin-permission-node';
import {
  AuthorizeResult,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import { environmentsPromotionCreatePermission } from '@envmatrix/backstage-plugin-environments-common';
import { entity } from '../__testUtils__/facts';
import {
  createEnvironmentConditionalDecision,
  environmentConditions,
  environmentPermissionRules,
} from './permissionRules';
import { ShortMemory } from './ShortMemory';

describe('what a permission policy can say of promotions', () => {
  const isAuthorized = createConditionAuthorizer(
    Object.values(environmentPermissionRules),
  );
  const prod = { entity, environment: 'prod', kind: 'production' } as const;
  const dev = { entity, environment: 'dev', kind: 'non-production' } as const;
  const { isEntityOwner, inEnvironment, isEnvironmentKind } =
    environmentConditions;

  it.each<
    [
      string,
      Parameters<typeof createEnvironmentConditionalDecision>[1],
      boolean,
      boolean,
    ]
  >([
    [
      'owners',
      isEntityOwner({ claims: ['group:default/payments'] }),
      true,
      true,
    ],
    [
      'no owner',
      isEntityOwner({ claims: ['group:default/others'] }),
      false,
      false,
    ],
    ['one environment', inEnvironment({ environments: ['dev'] }), true, false],
    ['one kind', isEnvironmentKind({ kind: 'production' }), false, true],
    [
      'owners, but not in production',
      {
        allOf: [
          isEntityOwner({ claims: ['group:default/payments'] }),
          { not: isEnvironmentKind({ kind: 'production' }) },
        ],
      },
      true,
      false,
    ],
  ])('is %s', (_, condition, inDev, inProd) => {
    const decision: PolicyDecision = createEnvironmentConditionalDecision(
      environmentsPromotionCreatePermission,
      condition,
    );

    expect(decision.result).toBe(AuthorizeResult.CONDITIONAL);
    expect(isAuthorized(decision, dev)).toBe(inDev);
    expect(isAuthorized(decision, prod)).toBe(inProd);
    expect(isAuthorized(decision, undefined)).toBe(false);
  });
});

describe('ShortMemory', () => {
  it('remembers what was found for a short while, and failures not at all', async () => {
    let now = 0;
    const memory = new ShortMemory<number>(5_000, () => now);
    let looks = 0;
    const look = async () => {
      looks += 1;
      return looks;
    };

    expect(
      await Promise.all([memory.get('a', look), memory.get('a', look)]),
    ).toEqual([1, 1]);
    now = 4_999;
    expect(await memory.get('a', look)).toBe(1);
    expect(await memory.get('b', look)).toBe(2);
    now = 5_000;
    expect(await memory.get('a', look)).toBe(3);

    await expect(
      memory.get('c', async () => {
        throw new Error('not now');
      }),
    ).rejects.toThrow('not now');
    expect(await memory.get('c', look)).toBe(4);
  });
});
