<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

/**
 * Text for a column. WHMCS's connection supports at most three-byte UTF-8 (whmcs.md §5): a longer character would cut
 * the text off there, or fail the statement.
 */
final class Text
{
    public static function storable(string $text, int $mostCharacters): string
    {
        $plain = preg_replace('/[\x{10000}-\x{10FFFF}]/u', '', $text);

        return mb_substr($plain === null ? '(not UTF-8)' : $plain, 0, $mostCharacters, 'UTF-8');
    }

    /**
     * Text for a log or an invoice of WHMCS. It is not documented whether WHMCS's pages escape what comes through localAPI;
     * escaped here, it might be shown escaped twice. So what could begin a tag is another character.
     */
    public static function withoutMarkup(string $text, int $mostCharacters): string
    {
        return strtr(self::storable($text, $mostCharacters), ['<' => '‹', '>' => '›']);
    }
}
