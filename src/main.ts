import { serve } from './app/index.ts';
import { withEnvFile } from './config/index.ts';

process.exitCode = await withEnvFile(serve);
