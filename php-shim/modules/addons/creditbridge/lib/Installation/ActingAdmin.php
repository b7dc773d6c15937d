<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\LocalApi;

/**
 * The admin as whom commands act: must exist, be active and have the permission *Manage Credits*.
 */
final class ActingAdmin
{
    const PERMISSION = 'Manage Credits';
    /** A worker asks again after this; an admin who was switched off stops it soon. */
    const KNOWN_FOR_SECONDS = 30;

    /** @var array user name → [problem, microtime] */
    private static $known = [];

    /** What is wrong with this admin, in words; '' when nothing is. */
    public static function problem(string $username): string
    {
        $known = self::$known[$username] ?? null;
        if ($known !== null && microtime(true) - $known[1] < self::KNOWN_FOR_SECONDS) {
            return $known[0];
        }
        $problem = self::look($username);
        self::$known[$username] = [$problem, microtime(true)];

        return $problem;
    }

    public static function forget(): void
    {
        self::$known = [];
    }

    /**
     * Names of the permissions an admin has. tbladminperms holds numbers whose meaning is not documented;
     * GetAdminDetails is (a comma-separated list).
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
            return 'No admin is set as whom commands act.';
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
            ? '' : 'The admin ' . $username . ' has not the permission ' . self::PERMISSION . '.';
    }
}
