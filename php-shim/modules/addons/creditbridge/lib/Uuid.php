<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

/**
 * UUIDv7 (RFC 9562): milliseconds, then random bits. Ids sort by the time they were made.
 */
final class Uuid
{
    public static function v7(): string
    {
        $bytes = substr(pack('J', (int) (microtime(true) * 1000)), 2) . random_bytes(10);
        $bytes[6] = chr((ord($bytes[6]) & 0x0f) | 0x70);
        $bytes[8] = chr((ord($bytes[8]) & 0x3f) | 0x80);
        $hex = bin2hex($bytes);

        return substr($hex, 0, 8) . '-' . substr($hex, 8, 4) . '-' . substr($hex, 12, 4) . '-'
            . substr($hex, 16, 4) . '-' . substr($hex, 20);
    }
}
