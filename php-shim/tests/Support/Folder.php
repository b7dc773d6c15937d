<?php

declare(strict_types=1);

namespace CreditBridge\Tests\Support;

/**
 * Temporary folders that are removed when the tests end.
 */
final class Folder
{
    public static function temporary(string $prefix): string
    {
        $folder = sys_get_temp_dir() . '/' . $prefix . bin2hex(random_bytes(6));
        mkdir($folder, 0700, true);
        $owner = getmypid();
        // Forked processes of a test share this function; only the process that created the folder removes it.
        register_shutdown_function(static function () use ($folder, $owner): void {
            if (getmypid() === $owner) {
                self::remove($folder);
            }
        });
        return $folder;
    }

    public static function copy(string $from, string $to): void
    {
        @mkdir($to, 0700, true);
        foreach (array_diff(scandir($from), ['.', '..']) as $name) {
            is_dir($from . '/' . $name)
                ? self::copy($from . '/' . $name, $to . '/' . $name) : copy($from . '/' . $name, $to . '/' . $name);
        }
    }

    private static function remove(string $path): void
    {
        if (is_dir($path) && !is_link($path)) {
            foreach (array_diff(scandir($path), ['.', '..']) as $name) {
                self::remove($path . '/' . $name);
            }
            @rmdir($path);
        } else {
            @unlink($path);
        }
    }
}
