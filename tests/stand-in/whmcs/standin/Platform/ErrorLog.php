<?php

declare(strict_types=1);

namespace StandIn\Platform;

use Throwable;

/** Notices, uncaught exceptions and fatal errors go to tblerrorlog (whmcs.md §6 "Error display"), for tests to find none. */
final class ErrorLog
{
    /** Debian's Illuminate, Carbon and Smarty predate PHP 8.2; their notices are not ours. */
    private const THIRD_PARTY = '/usr/share/php/';

    public static function install(): void
    {
        ini_set('display_errors', '0');
        set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
            if ((error_reporting() & $level) === 0 || str_starts_with($file, self::THIRD_PARTY)) {
                return true;
            }
            self::write('notice', null, $message, $file, $line, '');
            return true;
        });
        set_exception_handler(static function (Throwable $error): void {
            self::exception($error);
            self::apologise();
        });
        register_shutdown_function(static function (): void {
            $last = error_get_last();
            if ($last !== null && ($last['type'] & (E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR)) !== 0) {
                self::write('fatal', null, $last['message'], $last['file'], $last['line'], '');
                self::apologise();
            }
        });
    }

    public static function exception(Throwable $error): void
    {
        self::write(
            'error',
            get_class($error),
            $error->getMessage(),
            $error->getFile(),
            $error->getLine(),
            $error->getTraceAsString()
        );
    }

    private static function write(
        string $severity,
        ?string $class,
        string $message,
        string $file,
        int $line,
        string $details
    ): void {
        try {
            Db::sideRun(
                'INSERT INTO tblerrorlog (severity, exception_class, message, filename, line, details, created_at, updated_at)
                 VALUES (?, ?, ?, ?, ?, ?, NOW(), NOW())',
                [$severity, $class, $message, substr($file, -255), $line, $details]
            );
        } catch (Throwable $unreachable) {
            error_log("$severity: $message at $file:$line (not stored: {$unreachable->getMessage()})");
        }
    }

    private static function apologise(): void
    {
        if (PHP_SAPI === 'cli') {
            fwrite(STDERR, "An error occurred; see tblerrorlog.\n");
            exit(1);
        }
        if (!headers_sent()) {
            http_response_code(500);
        }
        echo '<h1>Oops!</h1><p>Something went wrong and we couldn\'t process your request. (Stand-in, not WHMCS.)</p>';
    }
}
