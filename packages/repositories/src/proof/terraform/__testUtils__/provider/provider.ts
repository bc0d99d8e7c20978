import fs from 'node:fs';
import path from 'node:path';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

// A provider that knows the schemas of hashicorp/aws and no cloud: enough for Terraform to validate, plan and apply on a machine
// that reaches neither a registry nor an account. Run by Terraform as a plugin (protocol 5), with Node's own stripping of types.

type Type = string | readonly [string, Type | Record<string, Type>];

interface Attribute {
  readonly type: Type;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
}

interface Block {
  readonly attributes: Record<string, Attribute>;
  readonly blocks?: Record<string, NestedBlock>;
}

interface NestedBlock {
  readonly nesting: 'single' | 'list' | 'set' | 'map';
  readonly min?: number;
  readonly max?: number;
  readonly block: Block;
}

interface Schemas {
  readonly provider: Block;
  readonly resources: Record<string, Block>;
  readonly dataSources: Record<string, Block>;
}

type Values = Record<string, unknown>;

/** The fields of requests that are read here. */
interface Request {
  readonly type_name: string;
  readonly config: { msgpack: Uint8Array };
  readonly current_state: { msgpack: Uint8Array };
  readonly prior_state: { msgpack: Uint8Array };
  readonly planned_state: { msgpack: Uint8Array };
  readonly proposed_new_state: { msgpack: Uint8Array };
  readonly raw_state: { json: Uint8Array };
}

/** What is not known before it is applied: extension 0 of msgpack, or 12 with refinements, in Terraform's encoding. */
class Unknown {}

const codec = new ExtensionCodec();
codec.register({
  type: 0,
  encode: value => (value instanceof Unknown ? new Uint8Array([0]) : null),
  decode: () => new Unknown(),
});
codec.register({ type: 12, encode: () => null, decode: () => new Unknown() });

const here = import.meta.dirname;
const schemas: Schemas = JSON.parse(
  fs.readFileSync(
    path.join(here, '../../__fixtures__/aws-provider-schema.json'),
    'utf8',
  ),
);

/** The account that the credentials of this run open, and the region that the provider is configured for. */
const account = process.env.STAND_IN_ACCOUNT_ID ?? '000000000000';
let region = 'us-east-1';
let made = 0;

function isValues(value: unknown): value is Values {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function read(value: { msgpack: Uint8Array }): Values | null {
  const decoded = decode(value.msgpack, { extensionCodec: codec });
  return isValues(decoded) ? decoded : null;
}

function write(value: unknown) {
  return {
    msgpack: Buffer.from(
      encode(value, { extensionCodec: codec, sortKeys: true }),
    ),
  };
}

function describe(block: Block): object {
  return {
    attributes: Object.entries(block.attributes).map(([name, attribute]) => ({
      name,
      type: Buffer.from(JSON.stringify(attribute.type)),
      required: attribute.required ?? false,
      optional: attribute.optional ?? false,
      computed: attribute.computed ?? false,
    })),
    block_types: Object.entries(block.blocks ?? {}).map(([name, nested]) => ({
      type_name: name,
      nesting: nested.nesting.toUpperCase(),
      min_items: nested.nesting === 'single' ? 0 : nested.min ?? 0,
      max_items: nested.nesting === 'single' ? 0 : nested.max ?? 0,
      block: describe(nested.block),
    })),
  };
}

function schemasOf(blocks: Record<string, Block>) {
  return Object.fromEntries(
    Object.entries(blocks).map(([name, block]) => [
      name,
      { version: 0, block: describe(block) },
    ]),
  );
}

/** Puts a value where the provider computes one: `fill` says which. */
function fillIn(
  block: Block,
  values: Values,
  fill: (attribute: Attribute, name: string, present: unknown) => unknown,
): Values {
  for (const [name, attribute] of Object.entries(block.attributes)) {
    values[name] = fill(attribute, name, values[name]);
  }
  for (const [name, nested] of Object.entries(block.blocks ?? {})) {
    const present = values[name];
    for (const entry of Array.isArray(present) ? present : [present]) {
      if (isValues(entry) && !(entry instanceof Unknown)) {
        fillIn(nested.block, entry, fill);
      }
    }
  }
  return values;
}

function planned(attribute: Attribute, _: string, present: unknown): unknown {
  return attribute.computed && (present === null || present === undefined)
    ? new Unknown()
    : present;
}

function applied(
  attribute: Attribute,
  name: string,
  present: unknown,
): unknown {
  const isOpen =
    present instanceof Unknown ||
    (attribute.computed && (present === null || present === undefined));
  return isOpen ? invent(attribute.type, name) : present;
}

/** A value of a type; what is not text is empty, and a list of objects has one. */
function invent(type: Type, name: string): unknown {
  if (typeof type === 'string') {
    switch (type) {
      case 'string':
        made += 1;
        return `${name}-${made}`;
      case 'number':
        return 0;
      default:
        return false;
    }
  }
  if (isObjectType(type)) {
    const [, fields] = type;
    return Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, invent(value, key)]),
    );
  }
  const [kind, inner] = type;
  if (kind === 'map') {
    return {};
  }
  return isObjectType(inner) ? [invent(inner, name)] : [];
}

function isObjectType(
  type: Type | Record<string, Type>,
): type is readonly [string, Record<string, Type>] {
  return Array.isArray(type) && type[0] === 'object';
}

/** What data sources answer, beside what is invented. */
const ANSWERS: Record<string, () => Values> = {
  aws_availability_zones: () => ({
    names: ['a', 'b', 'c'].map(zone => `${region}${zone}`),
  }),
  aws_caller_identity: () => ({ account_id: account }),
  aws_partition: () => ({ partition: 'aws' }),
  aws_region: () => ({ region }),
  aws_iam_policy_document: () => ({
    json: '{"Version":"2012-10-17","Statement":[]}',
  }),
};

function configure(values: Values): object[] {
  region = typeof values.region === 'string' ? values.region : region;
  const allowed = values.allowed_account_ids;
  return Array.isArray(allowed) && !allowed.includes(account)
    ? [
        {
          severity: 'ERROR',
          summary: `AWS account ID not allowed: ${account}`,
          detail: `Allowed: ${allowed.join(', ')}`,
        },
      ]
    : [];
}

const answers: Record<string, (request: Request) => object> = {
  GetSchema: () => ({
    provider: { version: 0, block: describe(schemas.provider) },
    resource_schemas: schemasOf(schemas.resources),
    data_source_schemas: schemasOf(schemas.dataSources),
  }),
  PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
  Configure: ({ config }) => ({ diagnostics: configure(read(config) ?? {}) }),
  Stop: () => ({}),
  ValidateResourceTypeConfig: () => ({}),
  ValidateDataSourceConfig: () => ({}),
  UpgradeResourceState: ({ raw_state }) => ({
    upgraded_state: { json: raw_state.json },
  }),
  ReadResource: ({ current_state }) => ({ new_state: current_state }),
  PlanResourceChange: ({ type_name, prior_state, proposed_new_state }) => {
    const proposed = read(proposed_new_state);
    return {
      planned_state: write(
        proposed !== null && read(prior_state) === null
          ? fillIn(schemas.resources[type_name], proposed, planned)
          : proposed,
      ),
    };
  },
  ApplyResourceChange: ({ type_name, planned_state }) => {
    const values = read(planned_state);
    return {
      new_state: write(
        values && fillIn(schemas.resources[type_name], values, applied),
      ),
    };
  },
  ReadDataSource: ({ type_name, config }) => ({
    state: write({
      ...fillIn(schemas.dataSources[type_name], read(config) ?? {}, applied),
      ...ANSWERS[type_name]?.(),
    }),
  }),
};

/** Messages and enumerations have a format; a service has none. */
function isService(
  entry: protoLoader.AnyDefinition,
): entry is protoLoader.ServiceDefinition {
  return !('format' in entry);
}

const definition = protoLoader.loadSync(path.join(here, 'tfplugin5.proto'), {
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
});
const service = definition['tfplugin5.Provider'];
if (!isService(service)) {
  throw new Error('tfplugin5.proto has no service Provider');
}
const server = new grpc.Server({ 'grpc.max_send_message_length': 64 << 20 });
server.addService(
  service,
  Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      (
        call: grpc.ServerUnaryCall<Request, object>,
        callback: grpc.sendUnaryData<object>,
      ) => callback(null, answer(call.request)),
    ]),
  ),
);

// Without this call Terraform waits for two seconds before it ends the process.
const bytes = (buffer: Buffer) => buffer;
server.addService(
  {
    Shutdown: {
      path: '/plugin.GRPCController/Shutdown',
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    },
  },
  {
    Shutdown: (_: unknown, callback: grpc.sendUnaryData<Buffer>) => {
      callback(null, Buffer.alloc(0));
      server.tryShutdown(() => process.exit(0));
    },
  },
);
server.bindAsync(
  '127.0.0.1:0',
  grpc.ServerCredentials.createInsecure(),
  (error, port) => {
    if (error) {
      throw error;
    }
    process.stdout.write(`1|5|tcp|127.0.0.1:${port}|grpc|\n`);
  },
);
