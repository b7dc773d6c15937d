<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

/**
 * Whoever stops a worker or cron sends a signal, and PHP ends at once: in the middle of a command, which then runs for
 * nobody until its lease is over, or of a message, whose hooks then wait as long.
 */
final class Signals
{
    /**
     * Runs the act. A signal to end that comes meanwhile ends the process after it, where PHP can hold signals back: on
     * the command line, with the extension pcntl.
     */
    public static function after(callable $act)
    {
        if (!function_exists('pcntl_sigprocmask')) {
            return $act();
        }
        $before = [];
        pcntl_sigprocmask(SIG_BLOCK, [SIGTERM, SIGINT, SIGHUP], $before);
        try {
            return $act();
        } finally {
            pcntl_sigprocmask(SIG_SETMASK, $before);
        }
    }
}
