import { useCallback, useEffect, useState } from 'react';
import { useParams } from 'react-router-dom';
import { useApi } from '@backstage/frontend-plugin-api';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { environmentsApiRef } from '../api';
import { WizardAnswers } from './answers';

export interface PreviewState {
  readonly preview?: Preview;
  /** ISO time at which it was made. */
  readonly at?: string;
  /** ISO time at which it was asked for. */
  readonly since?: string;
  readonly error?: unknown;
}

/** What the wizard's answers would give. */
export function usePreview(
  answers: WizardAnswers,
): PreviewState & { readonly again: () => void } {
  const api = useApi(environmentsApiRef);
  const { namespace, templateName } = useParams();
  const template =
    namespace && templateName
      ? `template:${namespace}/${templateName}`
      : undefined;
  const [state, setState] = useState<PreviewState>({});
  const [attempt, setAttempt] = useState(0);
  // The form makes a new object of equal answers with every change.
  const asked = JSON.stringify(answers);

  useEffect(() => {
    const controller = new AbortController();
    const since = new Date().toISOString();
    setState({ since });
    api
      .preview({
        answers: JSON.parse(asked),
        ...(template ? { template } : {}),
        signal: controller.signal,
      })
      .then(
        preview =>
          !controller.signal.aborted &&
          setState({ preview, at: new Date().toISOString() }),
        error => !controller.signal.aborted && setState({ error }),
      );
    return () => controller.abort();
  }, [api, asked, template, attempt]);

  const again = useCallback(() => setAttempt(before => before + 1), []);
  return { ...state, again };
}
