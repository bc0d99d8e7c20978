import { ReactNode, useMemo, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { EnvironmentColumn, Matrix } from '@envmatrix/engine';
import { ALL, HistoryPanel } from '../history/HistoryPanel';
import { OwnTokenNotice } from '../ownToken/OwnTokenNotice';
import { useOwnMatrix } from '../ownToken/useOwnMatrix';
import { PromotionDialog } from '../promotion/PromotionDialog';
import { PromotionProgress } from '../promotion/PromotionProgress';
import { usePromotions } from '../promotion/usePromotions';
import { environmentsTranslationRef } from '../translation';
import { CellPanel, OpenCell } from './CellPanel';
import styles from './EntityEnvironments.module.css';
import { MatrixGrid } from './MatrixGrid';
import { MatrixLegend } from './MatrixLegend';
import { MatrixBanners, MatrixError, NoEnvironments } from './MatrixNotice';
import { MatrixSkeleton } from './MatrixSkeleton';
import { MatrixToolbar } from './MatrixToolbar';
import { GridPosition } from './useGridFocus';
import { useMatrix } from './useMatrix';
import { useMatrixView } from './useMatrixView';
import { differingRows, visibleGroups } from './visibleGroups';

/** The matrix of one entity with everything around it. */
export function EntityEnvironments(props: {
  entityRef: string;
  name: string;
  /** Shown in place of a matrix without environments. */
  empty?: ReactNode;
}) {
  const { entityRef, name, empty } = props;
  const state = useMatrix(entityRef);
  const { matrix, error, look } = state;
  const own = useOwnMatrix(entityRef, matrix);
  if (!matrix) {
    return error === undefined ? (
      <MatrixSkeleton entity={name} />
    ) : (
      <MatrixError error={error} onRetry={look} />
    );
  }
  return (
    <>
      <MatrixBanners state={state} onRetry={look} />
      {matrix.environments.length === 0 ? (
        empty ?? <NoEnvironments problem={matrix.problem} />
      ) : (
        <>
          <OwnTokenNotice own={own} />
          <ShownMatrix
            {...props}
            state={{ ...state, matrix: own.matrix ?? matrix }}
            matrix={own.matrix ?? matrix}
            look={look}
          />
        </>
      )}
    </>
  );
}

function ShownMatrix(props: {
  entityRef: string;
  name: string;
  state: ReturnType<typeof useMatrix>;
  matrix: Matrix;
  look: () => void;
}) {
  const { entityRef, name, state, matrix, look } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const view = useMatrixView();
  const { filter, cell, setFilter, setCell } = view;
  const [search, setSearch] = useState('');
  const [promoting, setPromoting] = useState<EnvironmentColumn>();
  const promotions = usePromotions({ entityRef, matrix, onActed: look });
  const groups = useMemo(
    () => visibleGroups(matrix, { filter, search }),
    [matrix, filter, search],
  );
  const target = matrix.environments.find(
    ({ name: candidate }) => candidate === promoting?.promotion?.to,
  );
  return (
    <>
      <MatrixToolbar
        filter={filter}
        onFilter={setFilter}
        search={search}
        onSearch={setSearch}
        differing={differingRows(matrix)}
        state={state}
        onHistory={() => view.setHistory(ALL)}
      />
      <MatrixGrid
        label={t('matrix.label', { entity: name })}
        environments={matrix.environments}
        groups={groups}
        onOpen={setCell}
        onPromote={setPromoting}
        progressOf={column => {
          const promotion = promotions.current(column.name);
          return (
            promotion && (
              <PromotionProgress
                key={promotion.id}
                entityRef={entityRef}
                promotion={promotion}
                target={column}
                onActed={promotions.update}
                onDismiss={() => promotions.dismiss(promotion.id)}
              />
            )
          );
        }}
      />
      {groups.length === 0 && (
        <div className={styles.nothing} role="status">
          <span>
            {search
              ? t('matrix.noneFound', { search })
              : t('matrix.noneDiffers')}
          </span>
          <Button
            size="small"
            variant="secondary"
            onPress={() => (search ? setSearch('') : setFilter('all'))}
          >
            {search ? t('matrix.clearSearch') : t('matrix.showEverything')}
          </Button>
        </div>
      )}
      <MatrixLegend />
      <CellPanel
        open={openCell(matrix, cell)}
        environments={matrix.environments}
        onClose={() => setCell(undefined)}
      />
      <HistoryPanel
        entityRef={entityRef}
        name={name}
        matrix={matrix}
        open={view.history}
        onOpen={view.setHistory}
        onClose={() => view.setHistory(undefined)}
      />
      {promoting && target && (
        <PromotionDialog
          entityRef={entityRef}
          service={name}
          from={promoting}
          to={target}
          matrix={matrix}
          onClose={() => setPromoting(undefined)}
          onCreated={promotion => {
            setPromoting(undefined);
            promotions.update(promotion);
          }}
        />
      )}
    </>
  );
}

function openCell(
  matrix: Matrix,
  position: GridPosition | undefined,
): OpenCell | undefined {
  const column = matrix.environments.find(
    ({ name }) => name === position?.column,
  );
  for (const group of matrix.groups) {
    const row = group.rows.find(({ id }) => id === position?.row);
    const cell = column && row?.cells[column.name];
    if (row && column && cell) {
      return { group, row, column, cell };
    }
  }
  return undefined;
}
