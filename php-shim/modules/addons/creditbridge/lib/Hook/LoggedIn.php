<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

/**
 * The client who is logged in to the client area (whmcs.md §6): WHMCS 8 has CurrentUser, older code uses the session.
 */
final class LoggedIn
{
    /** The client's id, or 0. */
    public static function clientId(): int
    {
        $class = '\\WHMCS\\Authentication\\CurrentUser';
        if (PHP_SAPI !== 'cli' && class_exists($class)) {
            $client = (new $class())->client();
            return is_object($client) ? (int) $client->id : 0;
        }
        return (int) ($_SESSION['uid'] ?? 0);
    }
}
