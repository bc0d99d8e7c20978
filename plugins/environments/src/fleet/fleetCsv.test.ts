import { fleetRow } from '../__fixtures__/fleet';
import { fleetCsv } from './fleetCsv';

it('has a line for each service and quotes what needs it', () => {
  const csv = fleetCsv([
    {
      ...fleetRow('checkout', {
        summaries: {
          dev: { version: '1.5.0' },
          prod: {
            version: '=HYPERLINK("x")',
            behind: { environment: 'dev', status: 'behind', commits: 3 },
          },
        },
        score: 92,
      }),
      title: 'Checkout, new',
    },
    fleetRow('labels', { summaries: {} }),
  ]);

  expect(csv.split('\r\n')).toEqual([
    'entityRef,title,owners,system,parity,violations,unclassified,dev version,dev health,dev commits behind,dev known,prod version,prod health,prod commits behind,prod known',
    `component:default/checkout,"Checkout, new",group:default/payments,,92,0,0,1.5.0,Healthy,,observed,"'=HYPERLINK(""x"")",Healthy,3,observed`,
    'component:default/labels,labels,group:default/payments,,,0,0,,,,,,,,',
    '',
  ]);
});
