<?php

declare(strict_types=1);

namespace StandIn\Cron;

use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Settings;
use StandIn\Platform\Switches;

/**
 * One invocation of the cron (whmcs.md §4.5). The daily automation runs when its hour has come and it has not run today:
 * PreCronJob, each task between PreAutomationTask and PostAutomationTask, DailyCronJobPreEmail, DailyCronJob. Every
 * invocation ends with AfterCronJob.
 */
final class DailyRun
{
    /** @return string What was done, in a line. */
    public static function invoke(bool $force = false): string
    {
        Settings::set('lastCronInvocationTime', Clock::now());
        $report = 'No daily automation was due.';
        if ($force || self::isDue()) {
            // Clearing this setting makes the next cron do the daily run again (whmcs.md §4.5).
            Settings::set('lastDailyCronInvocationTime', Clock::now());
            $report = self::automate();
        }
        run_hook('AfterCronJob', []);
        return $report;
    }

    private static function isDue(): bool
    {
        $last = Settings::get('lastDailyCronInvocationTime');
        $hour = (int) Settings::get('DailyCronExecutionHour');
        $doneToday = $last !== '' && substr($last, 0, 10) >= Clock::today();
        return !$doneToday && (int) date('G', Clock::timestamp()) >= $hour;
    }

    private static function automate(): string
    {
        run_hook('PreCronJob', []);
        $done = [];
        foreach (self::tasks() as $task) {
            run_hook('PreAutomationTask', ['task' => $task->class_name]);
            self::mark((int) $task->id, 1);
            $done[] = $task->name . ': ' . Tasks::run((string) $task->class_name);
            self::mark((int) $task->id, 0);
            run_hook('PostAutomationTask', ['task' => $task->class_name, 'completed' => true]);
        }
        $suppressed = in_array(true, run_hook('DailyCronJobPreEmail', []), true);
        if (!$suppressed) {
            localAPI('SendAdminEmail', [
                'customsubject' => 'WHMCS Cron Job Activity (stand-in)', 'custommessage' => implode("\n", $done),
            ]);
        }
        run_hook('DailyCronJob', []);
        return implode('; ', $done);
    }

    /** @return list<\stdClass> The order of the tasks is unknown 8.16. */
    private static function tasks(): array
    {
        $tasks = Db::table('tbltask')->where('is_enabled', 1)->orderBy('priority')->get()->all();
        if (Switches::get('daily_task_order') === 'captures-first') {
            $rank = static fn (\stdClass $task): int => $task->class_name === 'ProcessCreditCardPayments' ? 0 : 1;
            usort($tasks, static fn (\stdClass $a, \stdClass $b): int => $rank($a) <=> $rank($b));
        }
        return $tasks;
    }

    private static function mark(int $taskId, int $inProgress): void
    {
        $changes = ['in_progress' => $inProgress, 'updated_at' => Clock::now()];
        if ($inProgress === 0) {
            $changes += ['last_run' => Clock::now(), 'next_due' => Clock::inDays(1) . ' 00:00:00'];
        }
        Db::table('tbltask_status')->where('task_id', $taskId)->update($changes);
    }
}
