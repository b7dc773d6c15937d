<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use DateTimeImmutable;
use DateTimeZone;

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

    /**
     * A time of the database, in WHMCS's zone and in the format of the service's pages. The title shows UTC.
     *
     * @param string $utc `YYYY-MM-DD HH:MM:SS`, with or without a fraction
     */
    public static function time(string $utc): string
    {
        $at = (new DateTimeImmutable(substr($utc, 0, 19), new DateTimeZone('UTC')))
            ->setTimezone(new DateTimeZone(date_default_timezone_get()));

        return '<time datetime="' . self::escape(gmdate('Y-m-d\TH:i:s\Z', $at->getTimestamp())) . '" title="'
            . self::escape(substr($utc, 0, 19)) . ' UTC">' . self::escape($at->format('j M Y, H:i')) . '</time>';
    }

    /** A coloured dot with its word, as on the service's pages. Levels: good, warn, bad, idle. */
    public static function status(string $level, string $text): string
    {
        return '<span class="cb-status cb-' . self::escape($level) . '">' . self::escape($text) . '</span>';
    }

    /** A sentence above the page: what just happened, or what is wrong. */
    public static function flash(string $level, string $text): string
    {
        return '<div class="cb-flash cb-' . self::escape($level) . '" role="' . ($level === 'bad' ? 'alert' : 'status')
            . '">' . self::escape($text) . '</div>';
    }

    public static function card(string $title, string $content): string
    {
        return '<section class="cb-card"><header><h3>' . self::escape($title) . '</h3></header>' . $content . '</section>';
    }
}
