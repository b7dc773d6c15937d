<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

/**
 * The module's texts for places where WHMCS does not pass `_lang` (whmcs.md §6): lang/<language>.php, else English.
 */
final class Language
{
    /** @var array<string, string>|null */
    private static $texts;

    public static function text(string $key): string
    {
        if (self::$texts === null) {
            $language = (string) preg_replace('/[^a-z-]/', '', strtolower((string) ($_SESSION['Language'] ?? '')));
            $own = self::read($language);
            self::$texts = $own + self::read('english');
        }
        return self::$texts[$key] ?? $key;
    }

    private static function read(string $language): array
    {
        $file = dirname(__DIR__) . '/lang/' . $language . '.php';
        $_ADDONLANG = [];
        if ($language !== '' && is_file($file)) {
            require $file;
        }
        return $_ADDONLANG;
    }
}
