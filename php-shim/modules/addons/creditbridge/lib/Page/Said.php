<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

/**
 * The word in an address by which the service's next page says what a form did. It counts once, and only in the session whose
 * form led there: a link of somebody else must not say that something was done.
 */
final class Said
{
    const SESSION = 'creditbridge_said';

    /** @param string $redirect a query, as the service gave it */
    public static function remember(string $redirect): void
    {
        parse_str($redirect, $parameters);
        if (is_string($parameters['said'] ?? null)) {
            $_SESSION[self::SESSION] = $parameters['said'];
        }
    }

    /** The query of the address without a word that does not count. */
    public static function checked(array $query): array
    {
        $word = $_SESSION[self::SESSION] ?? null;
        unset($_SESSION[self::SESSION]);

        return $word !== null && ($query['said'] ?? null) === $word ? $query : array_diff_key($query, ['said' => 1]);
    }
}
