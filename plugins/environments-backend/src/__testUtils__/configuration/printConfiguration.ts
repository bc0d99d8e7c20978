import { configurationDocument } from './configurationDocument';
import { configuredPackages } from './configuredPackages';

process.stdout.write(configurationDocument(configuredPackages()));
