import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
} from '@backstage/ui';
import { Preview } from '@envmatrix/backstage-plugin-environments-common';
import { scopeClass } from '../shared/tones';
import { environmentsTranslationRef } from '../translation';
import { repositoryPath } from './ReviewCreated';
import styles from './ReviewFiles.module.css';

/** Every file that will be created, to be read before it is. */
export function ReviewFiles(props: {
  service: string;
  repositories: Preview['repositories'];
  onClose: () => void;
}) {
  const { service, repositories, onClose } = props;
  const { t } = useTranslationRef(environmentsTranslationRef);
  const [chosen, setChosen] = useState({ repository: 0, file: 0 });
  const repository = repositories[chosen.repository];
  const file = repository?.files[chosen.file];
  return (
    <Dialog
      isOpen
      isDismissable
      onOpenChange={isOpen => !isOpen && onClose()}
      width={1100}
      height="85vh"
      className={`${scopeClass} ${styles.dialog}`}
    >
      <DialogHeader>{t('review.filesTitle', { service })}</DialogHeader>
      <DialogBody className={styles.body}>
        <nav className={styles.tree} aria-label={t('review.tree')}>
          {repositories.map(({ kind, url, files }, repositoryIndex) => (
            <div key={kind}>
              <div className={styles.repository}>{repositoryPath(url)}</div>
              <ul>
                {files.map(({ path }, fileIndex) => {
                  const isChosen =
                    repositoryIndex === chosen.repository &&
                    fileIndex === chosen.file;
                  return (
                    <li key={path}>
                      <button
                        type="button"
                        className={`${styles.file} ${
                          isChosen ? styles.chosen : ''
                        }`}
                        aria-current={isChosen ? 'true' : undefined}
                        title={path}
                        onClick={() =>
                          setChosen({
                            repository: repositoryIndex,
                            file: fileIndex,
                          })
                        }
                      >
                        {path}
                      </button>
                    </li>
                  );
                })}
              </ul>
            </div>
          ))}
        </nav>
        <pre className={styles.content} aria-label={file?.path}>
          {file?.content}
        </pre>
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={onClose}>
          {t('review.close')}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
