import { Content, Header, Page } from '@backstage/core-components';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { environmentsTranslationRef } from '../translation';
import { Fleet } from './Fleet';

/** The page of all services with the header that pages of the legacy frontend system bring along. */
export function LegacyFleetPage() {
  const { t } = useTranslationRef(environmentsTranslationRef);
  return (
    <Page themeId="tool">
      <Header title={t('fleet.title')} />
      <Content>
        <Fleet />
      </Content>
    </Page>
  );
}
