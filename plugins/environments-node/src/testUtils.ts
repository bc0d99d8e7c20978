/**
 * What the tests of a source need: a server that misbehaves on command, a sink that remembers, a bench to run the source on, and a
 * module that gives a whole backend its sources.
 *
 * @packageDocumentation
 */
export * from './testUtils/MisbehavingServer';
export * from './testUtils/RecordingSink';
export * from './testUtils/SourceBench';
export * from './testUtils/sourcesModule';
export * from './testUtils/until';
