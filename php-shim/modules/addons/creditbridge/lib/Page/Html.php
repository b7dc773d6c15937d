<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

/**
 * Escaping for the few parts that the shim renders itself.
 */
final class Html
{
    public static function escape($text): string
    {
        return htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
    }

    public static function label(string $kind, string $text): string
    {
        return '<span class="label label-' . self::escape($kind) . '">' . self::escape($text) . '</span>';
    }

    public static function alert(string $kind, string $text): string
    {
        return '<div class="alert alert-' . self::escape($kind) . '">' . self::escape($text) . '</div>';
    }
}
