import { useState } from 'react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { FleetRow } from '@envmatrix/backstage-plugin-environments-common';
import { environmentsApiRef } from '../api';
import { failureOf } from '../shared/errors';
import { environmentsTranslationRef } from '../translation';
import { fleetCsv } from './fleetCsv';
import styles from './FleetToolbar.module.css';
import { FleetQuery } from './fleetView';

/** The most rows that the backend gives at once. */
const EXPORT_PAGE_SIZE = 200;

/** Saves every service that the query selects, not only those that are on the page yet. */
export function ExportButton(props: { query: FleetQuery }) {
  const api = useApi(environmentsApiRef);
  const { t } = useTranslationRef(environmentsTranslationRef);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const save = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const rows: FleetRow[] = [];
      let cursor: string | undefined;
      do {
        const page = await api.getFleet({
          ...props.query,
          limit: EXPORT_PAGE_SIZE,
          ...(cursor === undefined ? {} : { cursor }),
        });
        rows.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      download(fleetCsv(rows));
    } catch (error) {
      setProblem(failureOf(error).message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      {problem && (
        <span role="alert" className={styles.problem}>
          {t('fleet.exportFailed', { problem })}
        </span>
      )}
      <Button
        size="small"
        variant="secondary"
        isDisabled={isBusy}
        onPress={save}
      >
        {isBusy ? t('fleet.exporting') : t('fleet.export')}
      </Button>
    </>
  );
}

function download(csv: string): void {
  const address = URL.createObjectURL(
    new Blob([csv], { type: 'text/csv;charset=utf-8' }),
  );
  const link = document.createElement('a');
  link.href = address;
  link.download = 'environments.csv';
  link.click();
  URL.revokeObjectURL(address);
}
