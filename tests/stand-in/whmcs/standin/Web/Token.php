<?php

declare(strict_types=1);

namespace StandIn\Web;

/** The token against forged posts (whmcs.md §6). $_SESSION['token'] stays empty, as on 8.x. */
final class Token
{
    public static function plain(): string
    {
        return $_SESSION['standin_token'] ??= bin2hex(random_bytes(20));
    }

    public static function field(): string
    {
        return '<input type="hidden" name="token" value="' . self::plain() . '" />';
    }

    public static function check(): void
    {
        $given = $_POST['token'] ?? $_GET['token'] ?? '';
        if (!is_string($given) || !hash_equals(self::plain(), $given)) {
            http_response_code(400);
            echo '<h1>Invalid Token</h1><p>Please go back and try again. (Stand-in, not WHMCS.)</p>';
            exit;
        }
    }
}
