import { lookup, LookupAddress } from 'dns';
import { BlockList, isIP, isIPv6, LookupFunction } from 'net';

/** Networks that are not the public internet: loopback, private, link-local (where clouds have their metadata), shared, multicast, reserved. */
const INNER = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  INNER.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  INNER.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address is one of the public internet. An IPv4 address within an IPv6 one is judged as itself. */
export function isPublicAddress(address: string): boolean {
  return (
    isIP(address) !== 0 &&
    !INNER.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  );
}

/** Resolves names for connections that may only go to the public internet. What is connected to is what was checked. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, '');
      return;
    }
    const inner = addresses.find(({ address }) => !isPublicAddress(address));
    if (inner || addresses.length === 0) {
      callback(new Error(`${hostname} is not a public address`), '');
      return;
    }
    if (options.all) {
      callback(null, addresses);
    } else {
      const [first]: LookupAddress[] = addresses;
      callback(null, first.address, first.family);
    }
  });
};
