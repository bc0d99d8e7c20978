import path from 'path';
import ts from 'typescript';
import { WrittenObject } from './objects';

/** Packages with the types of kinds that are not Kubernetes' own, by the end of their group. */
const PACKAGES: Readonly<Record<string, string>> = {
  'argoproj.io': '@kubernetes-models/argo-cd',
  'cert-manager.io': '@kubernetes-models/cert-manager',
  'external-secrets.io': '@kubernetes-models/external-secrets',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

/** Beside this file, so that modules are found; it is never written. */
const FILE = path.join(__dirname, 'generated-objects.ts');

/**
 * What the types of Kubernetes and of the operators have against some objects: unknown fields, wrong values, fields that are
 * missing. The same object is looked at once.
 */
export function typeProblems(objects: readonly WrittenObject[]): string[] {
  const distinct = [
    ...new Map(
      objects.map(object => [JSON.stringify(object.value), object]),
    ).values(),
  ];
  const lines = distinct.map(
    ({ apiVersion, kind, value }) =>
      `const _: import(${JSON.stringify(
        moduleOf(apiVersion),
      )}).I${kind} = ${JSON.stringify(value)};`,
  );
  // Each in a block, so that a line is an object.
  const text = [...lines.map(line => `{ ${line} }`), 'export {};'].join('\n');
  return diagnosticsOf(text).map(diagnostic => {
    const { line } = ts.getLineAndCharacterOfPosition(
      diagnostic.file ??
        ts.createSourceFile(FILE, text, ts.ScriptTarget.ESNext),
      diagnostic.start ?? 0,
    );
    const object = distinct[line];
    return `${object?.kind} of ${
      object?.where
    }: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
  });
}

function moduleOf(apiVersion: string): string {
  const [group] = apiVersion.split('/');
  return `${PACKAGES[group] ?? 'kubernetes-models'}/${apiVersion}`;
}

function diagnosticsOf(text: string): readonly ts.Diagnostic[] {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ESNext,
    lib: ['lib.esnext.d.ts'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  const program = ts.createProgram([FILE], options, {
    ...host,
    fileExists: file => file === FILE || fileExists(file),
    readFile: file => (file === FILE ? text : readFile(file)),
    getSourceFile: (file, ...rest) =>
      file === FILE
        ? ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true)
        : getSourceFile(file, ...rest),
  });
  const source = program.getSourceFile(FILE);
  return [
    ...program.getGlobalDiagnostics(),
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ];
}
