/**
 * What the tests of a source need: a server that misbehaves on command, a sink that remembers, and a bench to run the source on.
 *
 * @packageDocumentation
 */
export * from './testUtils/MisbehavingServer';
export * from './testUtils/RecordingSink';
export * from './testUtils/SourceBench';
export * from './testUtils/until';
