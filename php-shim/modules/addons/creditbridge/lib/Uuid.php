<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

/**
 * UUIDv7 (RFC 9562, method 3): milliseconds and their fraction, then random bits. Ids sort by creation time, even for
 * hooks that fire within one millisecond.
 */
final class Uuid
{
    public static function v7(): string
    {
        $now = microtime(true) * 1000;
        $milliseconds = (int) floor($now);
        $fraction = (int) (($now - $milliseconds) * 4096);
        $random = random_bytes(8);
        $random[0] = chr((ord($random[0]) & 0x3f) | 0x80);
        $hex = bin2hex(substr(pack('J', $milliseconds), 2) . pack('n', 0x7000 | $fraction) . $random);

        return substr($hex, 0, 8) . '-' . substr($hex, 8, 4) . '-' . substr($hex, 12, 4) . '-'
            . substr($hex, 16, 4) . '-' . substr($hex, 20);
    }
}
