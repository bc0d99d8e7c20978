import { isPublicAddress } from './publicAddresses';

describe('isPublicAddress', () => {
  it.each(['1.1.1.1', '140.82.121.34', '172.32.0.1', '2606:4700::6810:84e5'])(
    'takes %s for one',
    address => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    'localhost',
    '',
  ])('does not take %s for one', address => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
