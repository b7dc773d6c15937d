<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Platform\Db;
use StandIn\Platform\Permissions;
use StandIn\Web\Redirect;

/** The member of staff who is logged in. */
final class Admin
{
    public static function id(): int
    {
        return (int) ($_SESSION['adminid'] ?? 0);
    }

    /** The admin's id; the log-in page, or a refusal, otherwise. */
    public static function demand(string $permission = ''): int
    {
        $active = Db::table('tbladmins')->where('id', self::id())->where('disabled', 0)->exists();
        if (!$active) {
            unset($_SESSION['adminid']);
            Redirect::to('/admin/login.php');
        }
        if ($permission !== '' && !Permissions::has(self::id(), $permission)) {
            AdminPage::show('Access Denied', '<div class="alert alert-danger">Your role has no permission for this: '
                . htmlspecialchars($permission) . '.</div>');
            exit;
        }
        return self::id();
    }

    public static function roleId(): int
    {
        return (int) Db::table('tbladmins')->where('id', self::id())->value('roleid');
    }

    public static function logIn(string $username, string $password): bool
    {
        $row = Db::table('tbladmins')->where('username', $username)->where('disabled', 0)->first();
        if ($row === null || !password_verify($password, (string) $row->passwordhash)) {
            return false;
        }
        session_regenerate_id(true);
        $_SESSION['adminid'] = (int) $row->id;
        return true;
    }
}
