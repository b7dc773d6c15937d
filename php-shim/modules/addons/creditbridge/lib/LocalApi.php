<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

use RuntimeException;

/**
 * WHMCS's internal API (whmcs.md §3.1): the only way the shim changes anything that belongs to WHMCS.
 */
final class LocalApi
{
    /**
     * Calls an action and returns WHMCS's answer, errors included: `result` is "success" or "error".
     *
     * @param string $admin user name of the admin to act as; optional since WHMCS 7.2
     */
    public static function call(string $action, array $parameters, string $admin = ''): array
    {
        $answer = $admin === '' ? localAPI($action, $parameters) : localAPI($action, $parameters, $admin);

        return is_array($answer) ? $answer : ['result' => 'error', 'message' => 'WHMCS gave no answer'];
    }

    /**
     * Calls an action that is expected to succeed.
     *
     * @throws RuntimeException with WHMCS's message
     */
    public static function demand(string $action, array $parameters, string $admin = ''): array
    {
        $answer = self::call($action, $parameters, $admin);
        if (!self::succeeded($answer)) {
            throw new RuntimeException($action . ': ' . ($answer['message'] ?? 'failed without a message'));
        }
        return $answer;
    }

    public static function succeeded(array $answer): bool
    {
        return ($answer['result'] ?? '') === 'success';
    }
}
