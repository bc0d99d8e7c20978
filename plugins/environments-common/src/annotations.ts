/** @public Where the intent is: a `url:` reference, or a path relative to `backstage.io/source-location`. */
export const INTENT_ANNOTATION = 'environments.envmatrix.dev/intent';

/** @public */
export const KUBERNETES_ID_ANNOTATION = 'backstage.io/kubernetes-id';

/** @public */
export const KUBERNETES_LABEL_SELECTOR_ANNOTATION =
  'backstage.io/kubernetes-label-selector';

/** @public */
export const ARGOCD_APP_NAME_ANNOTATION = 'argocd/app-name';

/** @public */
export const ARGOCD_APP_SELECTOR_ANNOTATION = 'argocd/app-selector';

/** @public */
export const ARGOCD_INSTANCE_ANNOTATION = 'argocd/instance-name';

/** @public */
export const ARGOCD_APP_NAMESPACE_ANNOTATION = 'argocd/app-namespace';

/** @public The Argo CD project that the applications have to be of. */
export const ARGOCD_PROJECT_ANNOTATION = 'argocd/project-name';
