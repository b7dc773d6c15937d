import { serve } from '../../app/index.ts';
import type { Command } from '../command-context.ts';

/** Runs the service until it is told to stop. */
export const serveCommand: Command<object> = (_options, { env }) => serve(env);
