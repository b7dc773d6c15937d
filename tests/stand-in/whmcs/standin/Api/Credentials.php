<?php

declare(strict_types=1);

namespace StandIn\Api;

use StandIn\Platform\Db;
use StandIn\Platform\Permissions;

/** API credentials and their roles (whmcs.md §3.1, §5 tbldeviceauth, tblapi_roles). */
final class Credentials
{
    /** @param list<string> $actions */
    private function __construct(public readonly int $adminId, public readonly array $actions)
    {
    }

    /** @param array<string, mixed> $post Identifier and secret may also come as username and password. */
    public static function verify(array $post): ?self
    {
        $identifier = (string) ($post['identifier'] ?? $post['username'] ?? '');
        $secret = (string) ($post['secret'] ?? $post['password'] ?? '');
        $row = Db::table('tbldeviceauth')->where('identifier', $identifier)->whereNull('deleted_at')->first();
        if ($row === null || !password_verify($secret, (string) $row->secret)) {
            return null;
        }
        if (!Permissions::has((int) $row->user_id, 'API Access')) {
            return null;
        }
        $roles = Db::table('tblapi_roles')->whereIn('id', explode(',', (string) $row->role_ids))->pluck('permissions');
        return new self((int) $row->user_id, array_values(array_unique(explode(',', $roles->implode(',')))));
    }
}
