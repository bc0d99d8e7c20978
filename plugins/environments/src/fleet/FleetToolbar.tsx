import { parseEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { SourceState } from '@envmatrix/engine';
import { ChipButton } from '../matrix/ChipButton';
import { LiveDot, SourceList } from '../matrix/MatrixStatus';
import { SearchInput } from '../shared/SearchInput';
import { Segments } from '../shared/Segments';
import toolbar from '../shared/Toolbar.module.css';
import { environmentsTranslationRef } from '../translation';
import { ExportButton } from './ExportButton';
import { FleetState } from './FleetLoader';
import styles from './FleetToolbar.module.css';
import { FleetQuery, FleetView, ORDERS, Shown, SHOWN } from './fleetView';

/** Which services, in what order, how fresh, and out into a spreadsheet. */
export function FleetToolbar(props: {
  view: FleetView;
  onChange: (part: Partial<FleetView>) => void;
  query: FleetQuery | undefined;
  state: FleetState;
  /** Of the services that are mine; undefined where nobody is signed in. */
  mine?: number;
}) {
  const { view, onChange, query, state, mine } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const counts = state.fleet?.counts;
  const countOf = (value: Shown) => (value === 'mine' ? mine : counts?.[value]);
  return (
    <div className={toolbar.bar}>
      <Segments
        label={t('fleet.filter')}
        name="environments-services"
        value={view.shown}
        choices={SHOWN.filter(
          value =>
            value !== 'mine' || mine !== undefined || view.shown === 'mine',
        ).map(value => ({
          value,
          label: [t(`fleet.show.${value}`), countOf(value)]
            .filter(part => part !== undefined)
            .join(' · '),
        }))}
        onChange={shown => onChange({ shown })}
      />
      <SearchInput
        label={t('fleet.search')}
        placeholder={t('fleet.searchPlaceholder')}
        value={view.search}
        onChange={search => onChange({ search })}
      />
      <select
        className={styles.order}
        aria-label={t('fleet.order')}
        value={view.order}
        onChange={({ target }) =>
          onChange({
            order: ORDERS.find(value => value === target.value) ?? 'system',
          })
        }
      >
        <option value="system">{t('fleet.grouped')}</option>
        {ORDERS.map(order => (
          <option key={order} value={order}>
            {t(`fleet.orders.${order}`)}
          </option>
        ))}
      </select>
      {view.owner && (
        <Button
          size="small"
          variant="secondary"
          aria-label={t('fleet.anyOwner')}
          onPress={() => onChange({ owner: undefined })}
        >
          {t('fleet.ofOwner', { owner: nameOf(view.owner) })} ×
        </Button>
      )}
      <div className={toolbar.end}>
        <Trouble sources={state.fleet?.sources ?? []} />
        <LiveDot
          confirmedAt={state.confirmedAt}
          isLost={state.error !== undefined}
        />
        {query && <ExportButton query={query} />}
      </div>
    </div>
  );
}

/** An address may name anything as an owner. */
function nameOf(owner: string): string {
  try {
    return parseEntityRef(owner, { defaultKind: 'group' }).name;
  } catch {
    return owner;
  }
}

function Trouble(props: { sources: readonly SourceState[] }) {
  const { sources } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const [first] = sources;
  return first ? (
    <ChipButton
      tone="warn"
      label={
        sources.length === 1
          ? t('fleet.sourceTrouble', {
              name: first.name,
              status: t(`observation.${first.status}`),
            })
          : t('fleet.sourcesTrouble', { count: sources.length })
      }
      title={t('status.sourcesTitle')}
    >
      <SourceList sources={sources} />
    </ChipButton>
  ) : null;
}
