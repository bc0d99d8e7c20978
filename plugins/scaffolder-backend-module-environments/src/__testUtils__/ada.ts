/** Who runs the template, as its context has the person. */
export const ada = {
  ref: 'user:default/ada',
  entity: {
    apiVersion: 'backstage.io/v1alpha1' as const,
    kind: 'User' as const,
    metadata: { name: 'ada' },
    spec: {
      profile: { displayName: 'Ada Adams', email: 'ada@example.com' },
    },
  },
};
