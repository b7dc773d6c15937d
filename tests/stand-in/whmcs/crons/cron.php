<?php

// STAND-IN, not WHMCS: `php -q crons/cron.php`, as a crontab calls it every five minutes (whmcs.md §6). With `--force` the
// daily automation runs whatever the hour and whether it ran today.

declare(strict_types=1);

if (PHP_SAPI !== 'cli') {
    http_response_code(404);
    exit;
}
require dirname(__DIR__) . '/init.php';

echo StandIn\Cron\DailyRun::invoke(in_array('--force', $argv, true)), "\n";
