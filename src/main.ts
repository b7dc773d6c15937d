import { serve } from './app/index.ts';
import { loadEnvFile } from './config/index.ts';

loadEnvFile();
process.exitCode = await serve(process.env);
