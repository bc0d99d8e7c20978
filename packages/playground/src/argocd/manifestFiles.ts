import fs from 'fs/promises';
import path from 'path';
import { parseAllDocuments, parseDocument } from 'yaml';
import { isFields } from '../cluster/values';
import type { KubeObject } from '../core';
import { matchesGlob } from './matchesGlob';
import type { ApplicationSource } from './resources';

function isKubeObject(value: unknown): value is KubeObject {
  return (
    isFields(value) &&
    typeof value.apiVersion === 'string' &&
    typeof value.kind === 'string' &&
    isFields(value.metadata) &&
    typeof value.metadata.name === 'string'
  );
}

/** The objects of a text of many documents. */
export function kubeObjectsOf(text: string): KubeObject[] {
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter(isKubeObject);
}

/** Absolute paths of the YAML files below a folder, in order; none where there is no such folder. */
export async function yamlFilesBelow(directory: string): Promise<string[]> {
  const found = await fs.stat(directory).catch(() => undefined);
  if (!found?.isDirectory()) {
    return [];
  }
  const entries = await fs.readdir(directory, {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter(entry => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map(entry => path.join(entry.parentPath, entry.name))
    .sort();
}

/** The manifests of a folder as they are written there: what Argo CD makes of a source with `directory`. */
export async function readManifests(
  directory: string,
  {
    include,
    exclude,
    recurse = false,
  }: NonNullable<ApplicationSource['directory']>,
): Promise<KubeObject[]> {
  const files = (await yamlFilesBelow(directory)).filter(file => {
    const name = path.relative(directory, file);
    return (
      (recurse || !name.includes(path.sep)) &&
      (include === undefined || matchesGlob(include, name)) &&
      (exclude === undefined || !matchesGlob(exclude, name))
    );
  });
  const texts = await Promise.all(files.map(file => fs.readFile(file, 'utf8')));
  return texts.flatMap(kubeObjectsOf);
}

/** `checkout=ghcr.io/acme/checkout:1.4.0`, as `kustomize edit set image` takes it. */
function imageOf(text: string): Record<string, string> {
  const [, name, newName = '', newTag, digest] =
    /^(?:([^=]+)=)?([^@]+?)(?::([^:/@]+))?(?:@(.+))?$/.exec(text) ?? [];
  return {
    name: name ?? newName,
    newName,
    ...(newTag === undefined ? {} : { newTag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Writes into an overlay what the source says beside it: other images, further patches. */
export async function customise(
  directory: string,
  { images = [], patches = [] }: NonNullable<ApplicationSource['kustomize']>,
): Promise<void> {
  if (images.length === 0 && patches.length === 0) {
    return;
  }
  const file = path.join(directory, 'kustomization.yaml');
  const document = parseDocument(await fs.readFile(file, 'utf8'));
  const written: unknown = document.toJS();
  const listOf = (field: string): unknown[] => {
    const value = isFields(written) ? written[field] : undefined;
    return Array.isArray(value) ? value : [];
  };
  const set = images.map(imageOf);
  const others = listOf('images')
    .filter(isFields)
    .filter(entry => !set.some(({ name }) => name === entry.name));
  document.set('images', [...others, ...set]);
  document.set('patches', [...listOf('patches'), ...patches]);
  await fs.writeFile(file, document.toString());
}
