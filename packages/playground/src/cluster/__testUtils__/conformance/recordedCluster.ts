import { recordedObjects, type RecordedObject } from '../recordings';

/** What had been applied to the recorded cluster, in an order in which it can be applied, by whom, and how. */
export function appliedObjects(): readonly Omit<RecordedObject, 'held'>[] {
  return recordedObjects().flatMap(({ held: _, ...object }) => {
    const { kind, metadata } = object.applied;
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'checkout', namespace: metadata.name },
    };
    return kind === 'Namespace' && metadata.name.startsWith('checkout-')
      ? [object, { ...object, applied: account, isByClient: false }]
      : [object];
  });
}
