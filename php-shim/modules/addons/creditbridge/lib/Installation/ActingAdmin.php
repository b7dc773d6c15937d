<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\LocalApi;

/**
 * The admin in whose name commands run. Must exist, be active and have the permission *Manage Credits*.
 */
final class ActingAdmin
{
    const PERMISSION = 'Manage Credits';
    /** A worker checks again after this time, so that disabling the admin soon stops it. */
    const KNOWN_FOR_SECONDS = 30;

    /** @var array user name → [problem, Clock::seconds()] */
    private static $known = [];

    /** Returns what is wrong with this admin, in words; '' if nothing. */
    public static function problem(string $username): string
    {
        $known = self::$known[$username] ?? null;
        if ($known !== null && Clock::seconds() - $known[1] < self::KNOWN_FOR_SECONDS) {
            return $known[0];
        }
        $problem = self::look($username);
        self::$known[$username] = [$problem, Clock::seconds()];

        return $problem;
    }

    /**
     * Permissions that some command needs and this admin lacks. On 9.x cancelling needs *Delete Invoice*, too (whmcs.md §0).
     *
     * @return string[]
     */
    public static function lacks(string $username): array
    {
        $wanted = array_merge(
            [self::PERMISSION, 'Manage Invoice', 'Create Invoice'],
            version_compare(WhmcsSetting::read('Version'), '9', '>=') ? ['Delete Invoice'] : []
        );
        try {
            return array_values(array_diff($wanted, self::permissions($username)));
        } catch (RuntimeException $refusal) {
            return $wanted;
        }
    }

    public static function forget(): void
    {
        self::$known = [];
    }

    /**
     * Names of an admin's permissions. They come from GetAdminDetails (a comma-separated list), because tbladminperms
     * has numbers whose meaning is not documented.
     *
     * @return string[]
     */
    public static function permissions(string $username): array
    {
        $answer = LocalApi::demand('GetAdminDetails', [], $username);
        $list = $answer['allowedpermissions'] ?? '';

        return array_map('trim', is_array($list) ? array_values($list) : explode(',', (string) $list));
    }

    private static function look(string $username): string
    {
        if ($username === '') {
            return 'No acting admin is set.';
        }
        $disabled = Database::value('SELECT disabled FROM tbladmins WHERE username = ?', [$username]);
        if ($disabled === null || (int) $disabled !== 0) {
            return $disabled === null
                ? 'There is no admin ' . $username . '.' : 'The admin ' . $username . ' is disabled.';
        }
        try {
            $isPermitted = in_array(self::PERMISSION, self::permissions($username), true);
        } catch (RuntimeException $refusal) {
            return 'WHMCS does not let the admin ' . $username . ' act: ' . $refusal->getMessage();
        }
        return $isPermitted
            ? '' : 'The admin ' . $username . ' does not have the permission ' . self::PERMISSION . '.';
    }
}
