<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use WHMCS\Module\Addon\Creditbridge\Limits;

/**
 * Why no reply came, in words for the admin: what was tried, what was found, what to do.
 */
final class Unreachable
{
    const COMPARE = 'Start the service (systemctl status creditbridge), and compare CREDITBRIDGE_LISTEN in its settings with'
        . ' the Service URL of the addon.';

    /** @param int $errno cURL's number of the error, $error its words */
    public static function because(ServiceUrl $url, int $errno, string $error, int $timeoutMs): ServiceDown
    {
        return new ServiceDown('unreachable', self::sentence($url, $errno, rtrim($error, '.'), $timeoutMs));
    }

    private static function sentence(ServiceUrl $url, int $errno, string $error, int $timeoutMs): string
    {
        if ($errno === CURLE_OPERATION_TIMEDOUT) {
            return 'The service did not answer at ' . $url->shown . ' within ' . $timeoutMs . ' ms: ' . $error
                . '. Its log says whether it runs and what it waits for.';
        }
        if ($errno === CURLE_WRITE_ERROR) {
            return 'The reply from ' . $url->shown . ' is longer than ' . Limits::REPLY_BYTES . ' bytes, so another server'
                . ' answers at this address. ' . Unbelievable::EXPECTED . ' ' . Unbelievable::ADDRESS;
        }
        if ($url->socket !== '') {
            return self::socket($url->socket, $error);
        }
        if ($errno === CURLE_COULDNT_CONNECT) {
            return 'Nothing answers at ' . $url->shown . ': ' . $error . '. ' . self::COMPARE;
        }
        return 'The service did not answer at ' . $url->shown . ': ' . $error
            . '. Check the Service URL of the addon, and the proxy and its certificate if there is one.';
    }

    private static function socket(string $path, string $error): string
    {
        clearstatcache();
        $user = self::user();
        // Also false where the folder may not be entered, or PHP's open_basedir leaves it out.
        if (!@file_exists($path)) {
            return 'There is no socket ' . $path . ', or the user' . $user . ' of PHP may not look into its folder. '
                . self::COMPARE . ' The user of PHP must be in the group of the service'
                . ' (usermod -aG creditbridge' . ($user ?: ' www-data') . '), and PHP be restarted afterwards.';
        }
        if (@filetype($path) !== 'socket') {
            return 'The file ' . $path . ' is no socket. ' . self::COMPARE;
        }
        if (!@is_writable($path)) {
            return 'The user' . $user . ' of PHP may not use the socket ' . $path . '. Put it into the group of the service'
                . ' (usermod -aG creditbridge' . ($user ?: ' www-data') . ') and restart PHP.';
        }
        return 'Nothing listens on the socket ' . $path . ' (' . $error . '); it was left behind by a service that ended. '
            . self::COMPARE;
    }

    /** With a blank before it; empty where PHP cannot tell. */
    private static function user(): string
    {
        // Many servers forbid one of the two.
        $tells = function_exists('posix_geteuid') && function_exists('posix_getpwuid');
        $known = $tells ? posix_getpwuid(posix_geteuid()) : false;

        return is_array($known) ? ' ' . $known['name'] : '';
    }
}
