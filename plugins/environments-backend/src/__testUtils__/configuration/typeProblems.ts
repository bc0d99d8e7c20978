import path from 'path';
import ts from 'typescript';

/**
 * What keeps a value from being configuration of all of these files, in the words of the compiler: unknown keys, wrong types, and what is
 * required and missing.
 */
export function typeProblems(
  files: readonly string[],
  value: unknown,
): string[] {
  const name = path.join(__dirname, 'checkedConfiguration.ts');
  const text = `${files
    .map(
      (file, index) =>
        `import { Config as Config${index} } from ${JSON.stringify(
          file.replace(/\.d\.ts$/, ''),
        )};`,
    )
    .join('\n')}
export const value: ${files
    .map((_, index) => `Config${index}`)
    .join(' & ')} = ${JSON.stringify(value)};
`;
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    target: ts.ScriptTarget.ES2022,
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([name], options, {
    ...host,
    fileExists: file => file === name || host.fileExists(file),
    readFile: file => (file === name ? text : host.readFile(file)),
    getSourceFile: (file, ...rest) =>
      file === name
        ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)
        : host.getSourceFile(file, ...rest),
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, '\n'),
    );
}
