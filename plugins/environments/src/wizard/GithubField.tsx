import { useApi } from '@backstage/frontend-plugin-api';
import { scmIntegrationsApiRef } from '@backstage/integration-react';
import { answersOf, isRecord } from './answers';
import { PageField, pageSchema } from './PageField';

export const githubSchema = pageSchema;

/** What GitHub needs to know beyond other hosts; asked for where the repositories go there. */
export function GithubField(props: typeof githubSchema.TProps) {
  const { repos } = answersOf(props.formContext);
  const host = isRecord(repos) ? repos.host : undefined;
  const integrations = useApi(scmIntegrationsApiRef);
  return typeof host === 'string' && integrations.github.byHost(host) ? (
    <PageField {...props} />
  ) : null;
}
