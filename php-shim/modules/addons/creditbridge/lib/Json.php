<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use RuntimeException;

/**
 * JSON as the bridge writes and reads it. Written in ASCII: WHMCS's connection supports only three-byte UTF-8 (whmcs.md
 * §5), and the spool must keep exactly the bytes that are sent.
 */
final class Json
{
    /** bridge: both sides refuse deeper nesting. Two more for the envelope of a reply. */
    const DEPTH = 16;

    /** @throws RuntimeException when the value cannot be written */
    public static function encode($value): string
    {
        $text = json_encode($value, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE, self::DEPTH);
        if ($text === false) {
            throw new RuntimeException('not writable as JSON: ' . json_last_error_msg());
        }
        return $text;
    }

    /** Returns the object as an array, or an empty array for anything that is not an object or list. */
    public static function decode($text): array
    {
        $value = is_string($text) && $text !== '' ? json_decode($text, true, 64) : null;
        return is_array($value) ? $value : [];
    }
}
