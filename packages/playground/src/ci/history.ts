/** Who works on the services: people of the catalog. */
export const AUTHORS = [
  { name: 'Ada Adams', email: 'ada.adams@acme.example' },
  { name: 'Max Miller', email: 'max.miller@acme.example' },
  { name: 'Noor Nasser', email: 'noor.nasser@acme.example' },
];

/** What they do, so that a list of commits reads like one. */
export const SUBJECTS = [
  'Retry card payments twice',
  'Expire baskets after a day',
  'Log the order number with every error',
  'Answer readiness only when the queue is connected',
  'Round prices to the cent once',
  'Send receipts in the language of the order',
  'Reject orders without a delivery address early',
  'Keep connections to the payment provider open',
  'Show the reason of a refused card',
  'Count failed logins by account',
  'Cache shipping rates for an hour',
];
