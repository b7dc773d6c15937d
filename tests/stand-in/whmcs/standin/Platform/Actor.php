<?php

declare(strict_types=1);

namespace StandIn\Platform;

/** Who acts: the admin logged in, the admin named in a localAPI call, a client, or the system. */
final class Actor
{
    private static int $apiAdminId = 0;

    public static function adminId(): int
    {
        return self::$apiAdminId !== 0 ? self::$apiAdminId : (int) ($_SESSION['adminid'] ?? 0);
    }

    public static function name(): string
    {
        if (self::adminId() !== 0) {
            return (string) Db::table('tbladmins')->where('id', self::adminId())->value('username');
        }
        return isset($_SESSION['uid']) ? 'Client' : 'System';
    }

    /** Runs an API call in the name of an admin. */
    public static function asAdmin(int $adminId, callable $work): mixed
    {
        $before = self::$apiAdminId;
        self::$apiAdminId = $adminId;
        try {
            return $work();
        } finally {
            self::$apiAdminId = $before;
        }
    }
}
