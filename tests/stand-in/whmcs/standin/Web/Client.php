<?php

declare(strict_types=1);

namespace StandIn\Web;

use StandIn\Platform\Db;

/** Who is logged in to the client area, and what they may do (users since 8.0, whmcs.md §5 tblusers_clients). */
final class Client
{
    public static function id(): int
    {
        return (int) ($_SESSION['uid'] ?? 0);
    }

    /** The client's id, or the log-in page. */
    public static function demand(string $permission = ''): int
    {
        if (self::id() === 0) {
            $_SESSION['standin_back'] = $_SERVER['REQUEST_URI'] ?? 'clientarea.php';
            Redirect::to('/clientarea.php');
        }
        if ($permission !== '' && !self::may($permission)) {
            ClientPage::show('denied', 'Access Denied', ['permission' => $permission]);
            exit;
        }
        return self::id();
    }

    public static function may(string $permission): bool
    {
        if (isset($_SESSION['standin_masquerading'])) {
            return true;
        }
        $link = Db::table('tblusers_clients')->where('auth_user_id', (int) ($_SESSION['standin_user'] ?? 0))
            ->where('client_id', self::id())->first();
        return $link !== null
            && ((int) $link->owner === 1 || in_array($permission, explode(',', (string) $link->permissions), true));
    }

    public static function logIn(string $email, string $password): bool
    {
        $user = Db::table('tblusers')->where('email', $email)->first();
        if ($user === null || !password_verify($password, (string) $user->password)) {
            return false;
        }
        $link = Db::table('tblusers_clients')->where('auth_user_id', $user->id)->orderByDesc('owner')->first();
        session_regenerate_id(true);
        unset($_SESSION['standin_masquerading']);
        $_SESSION['standin_user'] = (int) $user->id;
        $_SESSION['uid'] = (int) $link->client_id;
        return true;
    }

    /** An admin looks at the client area as the client's owner. */
    public static function masquerade(int $clientId): void
    {
        $_SESSION['uid'] = $clientId;
        $_SESSION['standin_masquerading'] = true;
        $_SESSION['standin_user'] = (int) Db::table('tblusers_clients')->where('client_id', $clientId)
            ->where('owner', 1)->value('auth_user_id');
    }
}
