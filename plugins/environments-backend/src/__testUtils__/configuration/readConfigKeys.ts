import ts from 'typescript';
import { ConfigKey } from './ConfigKey';

const TYPE_NAMES: Readonly<Record<string, readonly [string, string]>> = {
  string: ['string', 'strings'],
  boolean: ['true or false', 'true or false'],
  number: ['number', 'numbers'],
  HumanDuration: ['duration', 'durations'],
};

/**
 * The keys of a `config.d.ts`, in its order: everything that has a value, and every group that is described.
 *
 * @param file - a name for errors.
 * @throws Error for a construct that configuration of this suite does not use, naming the file and the key.
 */
export function readConfigKeys(file: string, text: string): ConfigKey[] {
  const source = ts.createSourceFile(
    file,
    text,
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TS,
  );
  const config = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === 'Config',
  );
  if (!config) {
    throw new Error(`${file} exports no interface named Config`);
  }
  return config.members.flatMap(member => keysOfMember(file, '', member));
}

function keysOfMember(
  file: string,
  parent: string,
  member: ts.TypeElement,
): ConfigKey[] {
  if (ts.isIndexSignatureDeclaration(member)) {
    const parameter = member.parameters[0].name.getText();
    return keysOfType(file, `${parent}<${parameter}>`, member, member.type);
  }
  if (ts.isPropertySignature(member) && member.type) {
    return keysOfType(
      file,
      `${parent}${member.name.getText()}`,
      member,
      member.type,
    );
  }
  throw new Error(
    `${file}: ${parent} has '${member.getText()}', which is neither a property with a type nor an index`,
  );
}

function keysOfType(
  file: string,
  path: string,
  member: ts.TypeElement,
  type: ts.TypeNode,
): ConfigKey[] {
  const group = groupOf(type);
  const description = descriptionOf(member);
  const own: ConfigKey = {
    path,
    type: group?.type ?? typeText(file, path, type),
    isGroup: group !== undefined,
    isRequired:
      ts.isPropertySignature(member) && member.questionToken === undefined,
    description,
    defaultValue: tagOf(member, 'defaultValue'),
    example: tagOf(member, 'example'),
    visibility: tagOf(member, 'visibility'),
  };
  return [
    ...(group && description === '' ? [] : [own]),
    ...(group?.members ?? []).flatMap(child =>
      keysOfMember(file, `${path}${group?.separator}`, child),
    ),
  ];
}

interface Group {
  readonly type: string;
  readonly separator: string;
  readonly members: readonly ts.TypeElement[];
}

/** What has keys below it: an object, a map, or a list of objects. */
function groupOf(type: ts.TypeNode): Group | undefined {
  if (ts.isTypeLiteralNode(type)) {
    const isMap = type.members.some(ts.isIndexSignatureDeclaration);
    return {
      type: isMap ? 'map' : 'object',
      separator: '.',
      members: [...type.members],
    };
  }
  return ts.isArrayTypeNode(type) && ts.isTypeLiteralNode(type.elementType)
    ? {
        type: 'list of objects',
        separator: '[].',
        members: [...type.elementType.members],
      }
    : undefined;
}

function typeText(file: string, path: string, type: ts.TypeNode): string {
  if (ts.isUnionTypeNode(type)) {
    const literals = type.types.filter(ts.isLiteralTypeNode);
    if (literals.length === type.types.length) {
      return literals
        .map(({ literal }) =>
          ts.isStringLiteral(literal)
            ? `\`${literal.text}\``
            : literal.getText(),
        )
        .join(' or ');
    }
    const isDuration = type.types.some(
      part => part.getText() === 'HumanDuration',
    );
    // What is written as an object is written as a string by everybody.
    return isDuration
      ? TYPE_NAMES.HumanDuration[0]
      : type.types.map(part => typeText(file, path, part)).join(' or ');
  }
  const [one, many] = TYPE_NAMES[elementOf(type).getText()] ?? [];
  if (one === undefined) {
    throw new Error(
      `${file}: ${path} is '${type.getText()}', which the reference of the configuration has no words for`,
    );
  }
  return ts.isArrayTypeNode(type) ? `list of ${many}` : one;
}

function elementOf(type: ts.TypeNode): ts.TypeNode {
  return ts.isArrayTypeNode(type) ? type.elementType : type;
}

function descriptionOf(member: ts.TypeElement): string {
  return ts
    .getJSDocCommentsAndTags(member)
    .filter(ts.isJSDoc)
    .map(({ comment }) => onOneLine(ts.getTextOfJSDocComment(comment)))
    .join(' ');
}

function tagOf(member: ts.TypeElement, name: string): string | undefined {
  const tag = ts
    .getJSDocTags(member)
    .find(({ tagName }) => tagName.text === name);
  return tag && onOneLine(ts.getTextOfJSDocComment(tag.comment));
}

function onOneLine(text: string | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim();
}
