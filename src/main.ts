import { loadEnvFile } from './load-env-file.ts';
import { serve } from './serve.ts';

loadEnvFile();
process.exitCode = await serve(process.env);
