import { serve } from './app/index.ts';
import { withSettings } from './config/index.ts';

process.exitCode = await withSettings(serve);
